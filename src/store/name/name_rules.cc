#include "store/name/name_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::store {

namespace {

constexpr std::size_t kShownBytes = 96;
constexpr std::string_view kGguf = ".gguf";
// '@' and ':' divide names, '?', '#' and '%' divide URLs, the rest is for shells and Windows.
constexpr std::string_view kNotInFilePaths = "@:?#%\\*\"<>|";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// The whole character that begins here, so that a message does not cut one.
std::string_view character_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    ++end;
  return text.substr(at, end - at);
}

Failure wrong_character(std::string_view what, std::string_view text, std::size_t at) {
  const std::string shown = in_quotes(character_at(text, at));
  const std::string_view why =
      is_ascii(text[at]) ? "that cannot stand there" : "that is no ASCII, whatever it looks like";
  return fail(Code::kInvalidArgument,
              fmt::format("{} {} has {} in it, {}", what, in_quotes(text), shown, why));
}

std::string changed(std::string_view text, char first, char distance) {
  std::string result(text);
  for (char& c : result) {
    if (c >= first && c <= first + 25) c = static_cast<char>(c + distance);
  }
  return result;
}

Failure wrong_segment(std::string_view path) {
  return fail(Code::kInvalidArgument,
              fmt::format("the path {} has a part that is empty, '.' or '..', or that begins or "
                          "ends with a space; write it without",
                          in_quotes(path)));
}

bool is_plain_segment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." && segment.front() != ' ' &&
         segment.back() != ' ';
}

}  // namespace

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string lower_case(std::string_view text) {
  return changed(text, 'A', 'a' - 'A');
}

std::string upper_case(std::string_view text) {
  return changed(text, 'a', 'A' - 'a');
}

bool ends_in_gguf(std::string_view text) {
  return text.size() > kGguf.size() && lower_case(text.substr(text.size() - kGguf.size())) == kGguf;
}

std::string in_quotes(std::string_view text) {
  const std::string_view kept = text.substr(0, kShownBytes);
  const std::size_t whole =
      text.size() > kShownBytes ? kept.size() - base::unfinished_utf8_suffix(kept) : kept.size();
  std::string shown = "'";
  for (const char c : base::repair_utf8(kept.substr(0, whole))) {
    if (is_control(c)) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  return shown + (text.size() > kShownBytes ? "…'" : "'");
}

Result<void> check_word(std::string_view word, const WordRule& rule) {
  if (word.empty()) return fail(Code::kInvalidArgument, fmt::format("{} is empty", rule.what));
  if (word.size() > rule.bytes_max) {
    return fail(Code::kInvalidArgument, fmt::format("{} has {} bytes, and at most {} are possible",
                                                    rule.what, word.size(), rule.bytes_max));
  }
  for (std::size_t at = 0; at < word.size(); ++at) {
    const char c = word[at];
    const bool later = at > 0 && rule.also.find(c) != std::string_view::npos;
    if (!is_letter_or_digit(c) && c != '_' && !later) return wrong_character(rule.what, word, at);
  }
  if (word.find("..") == std::string_view::npos) return {};
  return fail(Code::kInvalidArgument, fmt::format("{} {} has '..' in it, which no model's name has",
                                                  rule.what, in_quotes(word)));
}

Result<void> check_file_path(std::string_view path) {
  for (std::size_t at = 0; at < path.size(); ++at) {
    const bool refused = kNotInFilePaths.find(path[at]) != std::string_view::npos;
    if (is_control(path[at]) || !is_ascii(path[at]) || refused)
      return wrong_character("the path", path, at);
  }
  for (std::string_view rest = path;;) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    if (!is_plain_segment(rest.substr(0, end))) return wrong_segment(path);
    if (end == rest.size()) return {};
    rest.remove_prefix(end + 1);
  }
}

}  // namespace hearth::store
