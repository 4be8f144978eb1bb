#include "store/pull/journal_text.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/fnv.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

namespace {

constexpr std::string_view kHeaderBegin = "hearth-part 1 ";
constexpr std::string_view kRecordBegin = "there ";
constexpr std::string_view kNothing = "-";

std::string with_sum(std::string text) {
  text += ' ';
  return fmt::format("{}{:016x}\n", text, base::fnv1a(text));
}

// Visible ASCII stays as it is, so that a word is a word.
std::string escaped(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > ' ' && byte < 0x7f && c != '%';
    word += plain ? std::string(1, c) : fmt::format("%{:02x}", byte);
  }
  return word;
}

std::optional<std::string> unescaped(std::string_view word) {
  std::string text;
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (word[at] != '%') {
      text += word[at];
      continue;
    }
    unsigned byte = 0;
    const char* begin = word.data() + at + 1;
    if (word.size() - at < 3 || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2)
      return std::nullopt;
    text += static_cast<char>(byte);
    at += 2;
  }
  return text;
}

// The next word of a line that has blanks between its words.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::uint64_t> number_of(std::string_view word) {
  std::uint64_t number = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || stop != end || number > kFileBytesMax) return std::nullopt;
  return number;
}

// What a line says is believed when writing it again gives the same bytes, its sum among them.
std::optional<PartIdentity> read_header(std::string_view line) {
  if (!line.starts_with(kHeaderBegin)) return std::nullopt;
  std::string_view words = line.substr(kHeaderBegin.size());
  PartIdentity identity;
  identity.size_bytes = number_of(take_word(words)).value_or(0);
  if (const std::string_view hex = take_word(words); hex != kNothing) {
    const auto digest = BlobDigest::parse(hex);
    if (!digest) return std::nullopt;
    identity.digest = *digest;
  }
  if (const std::string_view word = take_word(words); word != kNothing)
    identity.validator = unescaped(word).value_or("");
  if (journal_header(identity) != line) return std::nullopt;
  return identity;
}

std::optional<Extent> read_record(std::string_view line) {
  if (!line.starts_with(kRecordBegin)) return std::nullopt;
  std::string_view words = line.substr(kRecordBegin.size());
  const auto begin = number_of(take_word(words));
  const auto end = number_of(take_word(words));
  if (!begin || !end || journal_record({*begin, *end}) != line) return std::nullopt;
  return Extent{*begin, *end};
}

// With its end; empty when the text has no whole line.
std::string_view first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

}  // namespace

std::string journal_header(const PartIdentity& identity) {
  const std::string digest = identity.digest ? identity.digest->hex() : std::string(kNothing);
  std::string validator = escaped(identity.validator);
  if (validator.empty()) validator = kNothing;
  if (validator == kNothing && !identity.validator.empty()) validator = "%2d";
  return with_sum(fmt::format("{}{} {} {}", kHeaderBegin, identity.size_bytes, digest, validator));
}

std::string journal_record(const Extent& extent) {
  return with_sum(fmt::format("{}{} {}", kRecordBegin, extent.begin, extent.end));
}

std::optional<JournalContent> read_journal(std::string_view text) {
  if (text.size() > kJournalBytesMax) return std::nullopt;
  std::string_view line = first_line(text);
  const auto identity = read_header(line);
  if (!identity || identity->size_bytes == 0) return std::nullopt;
  JournalContent content{*identity, {}, 0};
  while (true) {
    content.sound_bytes += line.size();
    line = first_line(text.substr(content.sound_bytes));
    const auto extent = read_record(line);
    if (!extent || extent->empty() || extent->end > identity->size_bytes) return content;
    content.there.add(*extent);
  }
}

}  // namespace hearth::store
