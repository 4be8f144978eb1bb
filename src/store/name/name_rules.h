// What the words and paths within a model's name may consist of: the rules that all kinds of names
// share.
//
// Threads: pure.
// Errors:  kInvalidArgument; the message says what is wrong with the part and what would be right,
//          and whoever knows the whole name puts it in front.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

inline constexpr std::size_t kNameBytesMax = 1024;  // of everything but paths of this machine
inline constexpr std::size_t kWordBytesMax = 80;    // a namespace, model or tag of a registry

struct WordRule {
  std::string_view what;  // "the tag", for messages
  std::string_view also;  // what may stand behind the first character beside letters, digits and _
  std::size_t bytes_max = kWordBytesMax;
};

// Begins with a letter, a digit or '_', and has no "..".
Result<void> check_word(std::string_view word, const WordRule& rule);

// Printable ASCII in segments that lead nowhere else: no "..", no '\\', nothing that means
// something to a shell, a URL or a name.
Result<void> check_file_path(std::string_view path);

bool is_letter_or_digit(char c);
bool ends_in_gguf(std::string_view text);  // in any case of letters
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

// A foreign text in quotes: cut when it is long, with what no terminal should see escaped.
std::string in_quotes(std::string_view text);

}  // namespace hearth::store
