#include "api/core/capabilities_body.h"

#include "chat/capability_words.h"

namespace hearth::api {

void write_capabilities(json::Writer& json, const std::optional<chat::Capabilities>& capabilities) {
  if (!capabilities) {
    json.null();
    return;
  }
  json.open('{');
  for (const chat::CapabilityWord& word : chat::kCapabilityWords)
    json.key(word.name).boolean((*capabilities).*word.member);
  json.close('}');
}

}  // namespace hearth::api
