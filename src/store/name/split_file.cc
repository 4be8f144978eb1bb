#include "store/name/split_file.h"

#include <charconv>

#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kEnding = ".gguf";
constexpr std::string_view kOf = "-of-";
constexpr std::size_t kDigits = 5;
constexpr std::size_t kTailBytes = 1 + kDigits + kOf.size() + kDigits;  // "-00001-of-00003"

std::optional<std::uint32_t> five_digits(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<SplitFile> split_file(std::string_view path) {
  if (!ends_in_gguf(path)) return std::nullopt;
  path.remove_suffix(kEnding.size());
  if (path.size() <= kTailBytes) return std::nullopt;
  const std::string_view tail = path.substr(path.size() - kTailBytes);
  if (tail.front() != '-' || tail.substr(1 + kDigits, kOf.size()) != kOf) return std::nullopt;
  const auto number = five_digits(tail.substr(1, kDigits));
  const auto count = five_digits(tail.substr(1 + kDigits + kOf.size()));
  if (!number || !count || *number < 1 || *number > *count || *count > kSplitPartsMax)
    return std::nullopt;
  return SplitFile{std::string(path.substr(0, path.size() - kTailBytes)), {*number, *count}};
}

}  // namespace hearth::store
