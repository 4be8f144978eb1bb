#include "fleet/known_capabilities.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/fnv.h"
#include "chat/capability_words.h"
#include "fleet/cache_folder.h"

namespace hearth::fleet {

namespace {

using chat::Capabilities;

constexpr std::string_view kTitle = "hearth capabilities 1";
constexpr std::string_view kNoneWord = "nothing";
constexpr std::size_t kKeyBytesMax = 96;

// What stands before the separator, which is taken too.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

std::string words_of(const Capabilities& capabilities) {
  std::string words;
  for (const chat::CapabilityWord& word : chat::kCapabilityWords) {
    if (!(capabilities.*word.member)) continue;
    if (!words.empty()) words += ',';
    words += word.name;
  }
  return words.empty() ? std::string(kNoneWord) : words;
}

std::optional<Capabilities> read_words(std::string_view words) {
  Capabilities capabilities;
  if (words == kNoneWord) return capabilities;
  if (words.empty()) return std::nullopt;
  while (!words.empty()) {
    const std::string_view name = take(words, ',');
    const auto* word = std::find_if(
        chat::kCapabilityWords.begin(), chat::kCapabilityWords.end(),
        [name](const chat::CapabilityWord& candidate) { return candidate.name == name; });
    if (word == chat::kCapabilityWords.end()) return std::nullopt;
    capabilities.*word->member = true;
  }
  return capabilities;
}

bool is_key(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  return !key.empty() && key.size() <= kKeyBytesMax && std::all_of(key.begin(), key.end(), allowed);
}

std::string key_of(const store::ModelFile& model, std::string_view chat_template) {
  if (chat_template.empty()) return file_key(model) + "-0";
  return fmt::format("{}-{:x}", file_key(model), base::fnv1a(chat_template));
}

}  // namespace

void KnownCapabilities::read(std::string_view text) {
  known_.clear();
  if (text.size() > kCapabilitiesBytesMax || take(text, '\n') != kTitle) return;
  while (!text.empty() && known_.size() < kKnownModelsMax) {
    std::string_view line = take(text, '\n');
    const std::string_view key = take(line, ' ');
    const auto capabilities = read_words(line);
    if (is_key(key) && capabilities) known_.push_back({std::string(key), *capabilities});
  }
}

std::string KnownCapabilities::text() const {
  std::string text(kTitle);
  text += '\n';
  for (const Known& known : known_)
    text += known.key + " " + words_of(known.capabilities) + "\n";
  return text;
}

std::optional<Capabilities> KnownCapabilities::find(const store::ModelFile& model,
                                                    std::string_view chat_template) const {
  const std::string key = key_of(model, chat_template);
  for (const Known& known : known_) {
    if (known.key == key) return known.capabilities;
  }
  return std::nullopt;
}

void KnownCapabilities::put_first(Known known) {
  std::erase_if(known_, [&](const Known& other) { return other.key == known.key; });
  if (known_.size() >= kKnownModelsMax) known_.pop_back();
  known_.insert(known_.begin(), std::move(known));
}

KnownCapabilities::Change KnownCapabilities::note(const store::ModelFile& model,
                                                  std::string_view chat_template,
                                                  const Capabilities& capabilities) {
  if (find(model, chat_template) == capabilities) return Change::kNone;
  put_first({key_of(model, chat_template), capabilities});
  return Change::kSome;
}

}  // namespace hearth::fleet
