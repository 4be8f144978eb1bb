// Reads the text of a regular expression, from left to right; ^ and $ become marks (anchors.h).
//
// Errors:  kInvalidArgument that names the construct and the character it stands at.
// Threads: confined to its caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "constraint/rules.h"

namespace hearth::constraint {

class PatternReader {
 public:
  // REQUIRES: UTF-8.
  explicit PatternReader(std::string_view pattern);
  Result<Expression> read();

 private:
  using Ranges = std::vector<CodePointRange>;

  Result<Expression> read_choice();
  Result<Expression> read_sequence();
  Result<Expression> read_repeated();
  Result<Expression> read_one();
  Result<Expression> read_group();
  Result<Expression> read_repeats(Expression part);
  struct Count {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
  };
  Result<std::optional<Count>> read_count();
  Result<std::optional<Count>> read_braces();
  std::optional<std::uint64_t> read_number();
  Result<Expression> read_class();
  Result<Ranges> read_class_member();
  Result<Ranges> read_escape();
  Result<char32_t> read_unicode();
  std::optional<char32_t> read_hex(std::size_t digits);

  bool at_end() const { return at_ == points_.size(); }
  char32_t peek(std::size_t ahead = 0) const {
    return at_ + ahead < points_.size() ? points_[at_ + ahead] : 0;
  }
  bool take(char32_t point);
  bool take_all(std::u32string_view points);
  Failure refuse(std::string_view what) const;

  std::u32string points_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace hearth::constraint
