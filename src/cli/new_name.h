// What a model that is made as a file of the models folder may be called: so that it is a file's
// name too (letters, digits, and . _ - behind the first), and hides nothing else.
//
// Errors:  kInvalidArgument with what a name is; kAlreadyExists with what to do.
// Threads: pure, but for looking at the disk.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/catalog.h"
#include "store/name/aliases.h"

namespace hearth::cli {

inline constexpr std::size_t kNewNameBytesMax = 64;

Result<void> check_new_name(const std::string& name);

// That nobody means another thing by it, in whatever spelling: no model that is there has it, and
// it is short for none. `by_force` is what --force does about that: "take the name".
Result<void> check_free_name(const std::string& name, const store::Catalog& catalog,
                             const store::Aliases& aliases, std::string_view by_force);

}  // namespace hearth::cli
