// What tools a run was begun with, in one line that is kept with it: a run whose tools, rules or
// format have changed since then does not go on by itself, because its plan may mean something else
// now.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "flow/tools.h"

namespace hearth::flow {

// "format=1 rules=… read_file=…": each with a digest of what it comes to. Descriptions are words,
// and do not count.
std::string inventory_of(const Tools& tools);

// What has changed, for people: "fetch_url is new, read_file is another".
std::string inventory_change(std::string_view before, std::string_view now);

}  // namespace hearth::flow
