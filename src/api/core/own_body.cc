#include "api/core/own_body.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "api/core/call_news_body.h"

namespace hearth::api {

void write_own(json::Writer& json, const Summary& summary) {
  const chat::Usage& usage = summary.usage;
  json.open('{').key("seed").number(summary.seed);
  const std::pair<std::string_view, std::uint32_t> counts[] = {
      {"dropped_tokens", summary.dropped_tokens},
      {"dropped_messages", summary.dropped_messages},
      {"shifted_tokens", usage.shifted_tokens},
      {"forced_tokens", usage.forced_tokens}};
  for (const auto& [name, count] : counts) {
    if (count > 0) json.key(name).number(count);
  }
  json.key("queue_ms").number(usage.queue_ms).key("prefill_ms").number(usage.prefill_ms);
  json.key("decode_ms").number(usage.decode_ms);
  if (!summary.warnings.empty()) {
    json.key("warnings").open('[');
    for (const std::string& warning : summary.warnings)
      json.text(warning);
    json.close(']');
  }
  if (!summary.calls.empty()) {
    json.key("calls").open('[');
    for (const agent::CallNews& call : summary.calls)
      write_call_news(json, call);
    json.close(']');
  }
  json.close('}');
}

}  // namespace hearth::api
