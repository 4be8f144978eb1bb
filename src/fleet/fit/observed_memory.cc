#include "fleet/fit/observed_memory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/units.h"
#include "fleet/cache_folder.h"

namespace hearth::fleet {

namespace {

constexpr std::string_view kTitle = "hearth memory 1";
constexpr std::size_t kKeyBytesMax = 64;
constexpr std::uint64_t kHeldBytesMax = 64 * 1024 * base::kGiB;
constexpr std::uint32_t kPoolTokensMax = 1U << 30;
constexpr std::uint32_t kSequencesMax = 256;
constexpr std::uint64_t kNoChangeShare = 100;  // of what is known, one part

struct KvWord {
  std::string_view word;
  gguf::KvType type;
};
constexpr std::array kKvWords{KvWord{"f32", gguf::KvType::kF32}, KvWord{"f16", gguf::KvType::kF16},
                              KvWord{"q8_0", gguf::KvType::kQ8_0},
                              KvWord{"q4_0", gguf::KvType::kQ4_0}};

// What stands before the separator, which is taken too.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

// A whole number from 1 to `most`; 0 for anything else.
template <typename T>
T number_in(std::string_view text, T most) {
  T number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && number <= most ? number : 0;
}

bool is_key(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  return !key.empty() && key.size() <= kKeyBytesMax && std::all_of(key.begin(), key.end(), allowed);
}

std::string_view word_of(gguf::KvType type) {
  const auto found = std::find_if(kKvWords.begin(), kKvWords.end(),
                                  [type](const KvWord& word) { return word.type == type; });
  return found->word;
}

std::optional<SeenMemory> read_seen(std::string_view line) {
  SeenMemory seen;
  seen.settings.pool_tokens = number_in(take(line, ' '), kPoolTokensMax);
  const std::string_view word = take(line, ' ');
  const auto type = std::find_if(kKvWords.begin(), kKvWords.end(),
                                 [word](const KvWord& known) { return known.word == word; });
  seen.settings.sequences = number_in(take(line, ' '), kSequencesMax);
  seen.bytes = number_in(line, kHeldBytesMax);
  if (type == kKvWords.end() || seen.settings.pool_tokens == 0 || seen.settings.sequences == 0 ||
      seen.bytes == 0) {
    return std::nullopt;
  }
  seen.settings.kv_type = type->type;
  return seen;
}

bool is_close(std::uint64_t known, std::uint64_t now) {
  const std::uint64_t apart = known > now ? known - now : now - known;
  return apart <= known / kNoChangeShare;
}

}  // namespace

gguf::MemoryRequest request_of(const MemorySettings& settings) {
  return {.context_tokens = settings.pool_tokens,
          .kv_type = settings.kv_type,
          .sequences = settings.sequences};
}

void ObservedMemory::read(std::string_view text) {
  known_.clear();
  if (text.size() > kSeenBytesMax || take(text, '\n') != kTitle) return;
  while (!text.empty() && known_.size() < kSeenModelsMax) {
    std::string_view line = take(text, '\n');
    const std::string_view key = take(line, ' ');
    const auto seen = read_seen(line);
    if (is_key(key) && seen) known_.push_back({std::string(key), *seen});
  }
}

std::string ObservedMemory::text() const {
  std::string text(kTitle);
  text += '\n';
  for (const Known& known : known_) {
    const MemorySettings& settings = known.seen.settings;
    text += fmt::format("{} {} {} {} {}\n", known.key, settings.pool_tokens,
                        word_of(settings.kv_type), settings.sequences, known.seen.bytes);
  }
  return text;
}

std::optional<SeenMemory> ObservedMemory::find(const store::ModelFile& model) const {
  const std::string key = file_key(model);
  for (const Known& known : known_) {
    if (known.key == key) return known.seen;
  }
  return std::nullopt;
}

ObservedMemory::Change ObservedMemory::note(const store::ModelFile& model, const SeenMemory& seen) {
  const auto before = find(model);
  if (before && before->settings == seen.settings && is_close(before->bytes, seen.bytes)) {
    return Change::kNone;
  }
  const std::string key = file_key(model);
  std::erase_if(known_, [&](const Known& other) { return other.key == key; });
  if (known_.size() >= kSeenModelsMax) known_.pop_back();
  known_.insert(known_.begin(), {key, seen});
  return Change::kSome;
}

}  // namespace hearth::fleet
