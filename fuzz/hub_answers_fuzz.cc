// Any text is what a hub could answer: a repository, a listing, a manifest, a small layer, a token,
// a header; or what an Ollama beside us could. It is read, or refused with words that can be shown,
// and whatever is read of a model's use can be written into a manifest.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "store/manifest/manifest.h"
#include "store/ollama/ollama_answers.h"
#include "store/ollama/ollama_host.h"
#include "store/source/answer.h"
#include "store/source/bearer_challenge.h"
#include "store/source/hub_search.h"
#include "store/source/hub_url.h"
#include "store/source/hugging_face_answers.h"
#include "store/source/registry_answers.h"
#include "store/source/web_file.h"

namespace store = hearth::store;

namespace {

constexpr std::string_view kHub = "https://hub.example";
constexpr std::array kTexts{store::LayerUse::kChatTemplate, store::LayerUse::kSystem,
                            store::LayerUse::kParameters, store::LayerUse::kMessages,
                            store::LayerUse::kLicence};

template <typename Value>
bool check(const hearth::Result<Value>& read) {
  if (read) return true;
  const hearth::Error shown = store::nonsense(kHub, read.error());
  HEARTH_ASSERT(!shown.message.empty());
  HEARTH_ASSERT(hearth::base::is_utf8(shown.message));
  HEARTH_ASSERT(shown.message.find('\x1b') == std::string::npos);
  return false;
}

void check_repository(std::string_view text) {
  if (const auto repository = store::read_hub_repository(text); check(repository)) {
    HEARTH_ASSERT(repository->commit.size() >= 40);
    HEARTH_ASSERT(repository->licences.size() <= store::kLicencesMax);
  }
  if (const auto files = store::read_hub_tree(text); check(files)) {
    for (const store::HubFile& file : *files)
      HEARTH_ASSERT(file.size_bytes.value_or(0) <= store::kFileBytesMax);
  }
}

void check_search(std::string_view text) {
  constexpr std::uint32_t kLimit = 3;
  const auto found = store::read_hub_search(text, kLimit);
  if (!check(found)) return;
  HEARTH_ASSERT(found->size() <= kLimit);
  for (const store::FoundModel& model : *found)
    HEARTH_ASSERT(store::ModelName::parse(model.name).has_value());
}

void check_layers(std::string_view text) {
  if (const auto answer = store::read_registry_answer(text); check(answer)) {
    for (const store::Layer& layer : answer->layers)
      HEARTH_ASSERT(layer.size_bytes >= 1 && layer.size_bytes <= store::kFileBytesMax);
  }
  const auto name = store::ModelName::parse("m:t");
  const auto digest = store::BlobDigest::parse(std::string(store::kDigestDigits, 'a'));
  for (const store::LayerUse use : kTexts) {
    store::Manifest manifest{*name, {*name, {}, {}}, {}, {}, {}};
    manifest.files = {{store::FileRole::kModel, {}, *digest, 1, "m.gguf"}};
    if (check(store::take_layer_text(use, text, manifest)))
      HEARTH_ASSERT(store::check_manifest(manifest).has_value());
  }
}

void check_headers(std::string_view text) {
  const std::string header(text);
  if (const auto token = store::read_token(text); check(token))
    HEARTH_ASSERT(token->find_first_of(" \r\n") == std::string::npos);
  if (const auto challenge = store::read_challenge(text)) {
    const auto url = store::token_url(*challenge, kHub, "https://tokens.example");
    if (check(url)) HEARTH_ASSERT(url->starts_with("https://"));
  }
  (void)store::next_page(text);
  (void)store::size_in_content_range(text);
  HEARTH_ASSERT(store::retry_time({{"Retry-After", header}}).find('\n') == std::string::npos);
  (void)store::size_header({{"Content-Length", header}}, "content-length");
  if (const auto base = store::base_url(text)) HEARTH_ASSERT(*store::base_url(*base) == *base);
  HEARTH_ASSERT(store::unescaped_from_url(store::escaped_for_url(text)) == text);
}

void check_shown(std::string_view text) {
  HEARTH_ASSERT(hearth::base::is_utf8(text));
  HEARTH_ASSERT(text.size() <= 3 * store::kOllamaTextBytesMax);  // repaired bytes are longer
  HEARTH_ASSERT(text.find_first_of("\x1b\r\n") == std::string_view::npos);
}

void check_neighbour(std::string_view text) {
  if (const auto version = store::read_ollama_version(text)) check_shown(*version);
  if (const auto tags = store::read_ollama_tags(text)) {
    for (const store::OllamaTag& tag : *tags)
      check_shown(tag.name);
  }
  if (const auto loaded = store::read_ollama_loaded(text)) {
    for (const store::OllamaLoaded& model : *loaded)
      check_shown(model.expires);
  }
  if (const auto facts = store::read_ollama_facts(text)) check_shown(facts->family);
  check_shown(store::read_ollama_error(text));
  if (const auto host = store::parse_ollama_host(text)) check_shown(host->url());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_repository(text);
  check_search(text);
  check_layers(text);
  check_headers(text);
  check_neighbour(text);
  return 0;
}
