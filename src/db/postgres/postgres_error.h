// What a state of PostgreSQL means in this house.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::db {

// The five characters of an SQLSTATE; none stands for a connection that is gone.
Code code_of_postgres(std::string_view state);

// `said` is the first line of what the server says. It is repeated only where it cannot quote a
// value.
Error postgres_error(std::string_view state, const std::string& name, const std::string& said);

}  // namespace hearth::db
