// Columns for people: as wide as their widest cell, two spaces apart.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli {

// Words of strangers as one line: what would move the cursor, break the line or turn its direction
// is not obeyed.
std::string one_line(std::string_view text);

// The first row is the heading. Rows may be shorter than it. Cells are shown as
// one_line() does.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

// Local time, "2026-11-21 05:10"; "-" for 0.
std::string time_text(std::int64_t wall_ms);

}  // namespace hearth::cli
