// What the daemon tells of a task, read field by field: what is not there is empty.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/node.h"

namespace hearth::cli {

std::string text_in(const json::Node& node, std::string_view key);
std::int64_t number_in(const json::Node& node, std::string_view key);

}  // namespace hearth::cli
