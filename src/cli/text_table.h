// Columns for people: as wide as their widest cell, two spaces apart.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::cli {

// The first row is the heading. Rows may be shorter than it.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

// Local time, "2026-11-21 05:10"; "-" for 0.
std::string time_text(std::int64_t wall_ms);

}  // namespace hearth::cli
