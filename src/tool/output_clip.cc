#include "tool/output_clip.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::tool {

namespace {

constexpr std::size_t kCharacterBytesMax = 4;

// Without the rest of a character that begins before.
std::string_view from_a_character(std::string_view text) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  for (std::size_t i = 0; i < kCharacterBytesMax && !text.empty() && continues(text.front()); ++i)
    text.remove_prefix(1);
  return text;
}

std::string_view whole_characters(std::string_view text) {
  return text.substr(0, text.size() - base::unfinished_utf8_suffix(text));
}

}  // namespace

OutputClip::OutputClip(std::size_t bytes_max, const Hearing& hear)
    : head_max_(bytes_max - bytes_max / 2), tail_max_(bytes_max / 2), hear_(hear) {}

void OutputClip::say(std::string_view bytes) {
  if (!hear_) return;
  unsaid_ += bytes;
  const std::string_view whole = whole_characters(unsaid_);
  if (!whole.empty()) hear_(base::repair_utf8(whole));
  unsaid_.erase(0, whole.size());
}

void OutputClip::take(std::string_view bytes) {
  total_ += bytes.size();
  const std::string_view first = bytes.substr(0, head_max_ - head_.size());
  head_ += first;
  const std::string_view rest = bytes.substr(first.size());
  // What fits is heard to its end; of more the head alone.
  if (total_ <= head_max_ + tail_max_) {
    say(bytes);
  } else {
    say(first);
  }
  tail_ += rest.size() > tail_max_ ? rest.substr(rest.size() - tail_max_) : rest;
  if (tail_.size() > 2 * tail_max_) tail_.erase(0, tail_.size() - tail_max_);
}

std::string OutputClip::text() {
  if (total_ <= head_max_ + tail_max_) return base::repair_utf8(head_ + tail_);
  const std::string_view head = whole_characters(head_);
  std::string_view tail = tail_;
  if (tail.size() > tail_max_) tail.remove_prefix(tail.size() - tail_max_);
  tail = from_a_character(tail);
  const std::uint64_t missing = total_ - head.size() - tail.size();
  return fmt::format("{}\n[… {} bytes are left out here …]\n{}", base::repair_utf8(head), missing,
                     base::repair_utf8(tail));
}

}  // namespace hearth::tool
