// Where text stands on a terminal of a given width: for putting the cursor back.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace hearth::cli {

struct Position {
  std::size_t row = 0;
  std::size_t column = 0;
  bool operator==(const Position&) const = default;
};

// After writing `text`, starting at `from`, on a terminal that wraps after `columns`. A newline
// starts the next row; a wide character that does not fit wraps whole.
Position position_after(Position from, std::string_view text, std::size_t columns);

}  // namespace hearth::cli
