#include "api/openai/logprobs_body.h"

#include <algorithm>

namespace hearth::api::openai {

// The bytes tell what the text cannot: a part of a character.
void write_chance(json::Writer& json, const chat::TokenChance& chance) {
  json.key("token").text(chance.bytes);
  json.key("logprob").number(std::max(kLogprobLeast, static_cast<double>(chance.logprob)));
  json.key("bytes").open('[');
  for (const char byte : chance.bytes)
    json.number(std::uint32_t{static_cast<unsigned char>(byte)});
  json.close(']');
}

void write_logprobs(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs) {
  json.open('{').key("content").open('[');
  for (const chat::TokenLogprob& one : logprobs) {
    json.open('{');
    write_chance(json, one.chosen);
    json.key("top_logprobs").open('[');
    for (const chat::TokenChance& alternative : one.alternatives) {
      json.open('{');
      write_chance(json, alternative);
      json.close('}');
    }
    json.close(']').close('}');
  }
  json.close(']').key("refusal").null().close('}');
}

}  // namespace hearth::api::openai
