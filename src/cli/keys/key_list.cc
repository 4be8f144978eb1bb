#include "cli/keys/key_list.h"

#include <algorithm>
#include <optional>

#include "cli/text_table.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

std::int64_t tokens_today(const KeyList& list, const access::InboundKey& key) {
  const auto used = std::find_if(list.usage.begin(), list.usage.end(),
                                 [&](const access::Usage& one) { return one.key_id == key.id; });
  return used == list.usage.end() ? 0 : used->tokens;
}

std::string limit_text(std::optional<std::int64_t> limit) {
  return limit ? std::to_string(*limit) : "-";
}

void write_maybe(json::Writer& json, std::string_view key, std::optional<std::int64_t> number) {
  json.key(key);
  number ? json.number(*number) : json.null();
}

}  // namespace

std::string_view key_state(const access::InboundKey& key, std::int64_t now_ms) {
  if (key.revoked_ms) return "revoked";
  const bool expired = key.terms.expires_ms && *key.terms.expires_ms <= now_ms;
  return expired ? "expired" : "active";
}

std::string key_table(const KeyList& list) {
  std::vector<std::vector<std::string>> rows{{"NAME", "ID", "SCOPE", "STATE", "PER MINUTE",
                                              "TOKENS TODAY", "PER DAY", "EXPIRES", "LAST USED"}};
  for (const access::InboundKey& key : list.keys) {
    rows.push_back(
        {key.terms.name, key.id, std::string(access::scope_name(key.terms.scope)),
         std::string(key_state(key, list.now_ms)), limit_text(key.terms.requests_per_minute),
         std::to_string(tokens_today(list, key)), limit_text(key.terms.tokens_per_day),
         time_text(key.terms.expires_ms.value_or(0)), time_text(key.last_used_ms.value_or(0))});
  }
  return text_table(rows);
}

std::string keys_json(const KeyList& list) {
  json::Writer json;
  json.open('{').key("keys").open('[');
  for (const access::InboundKey& key : list.keys) {
    json.open('{').key("id").text(key.id).key("name").text(key.terms.name);
    json.key("scope").text(access::scope_name(key.terms.scope));
    json.key("state").text(key_state(key, list.now_ms));
    write_maybe(json, "requests_per_minute", key.terms.requests_per_minute);
    write_maybe(json, "tokens_per_day", key.terms.tokens_per_day);
    json.key("tokens_today").number(tokens_today(list, key));
    json.key("created_ms").number(key.created_ms);
    write_maybe(json, "expires_ms", key.terms.expires_ms);
    write_maybe(json, "revoked_ms", key.revoked_ms);
    write_maybe(json, "last_used_ms", key.last_used_ms);
    json.close('}');
  }
  return json.close(']').close('}').take() + "\n";
}

Result<access::InboundKey> named_key(const std::vector<access::InboundKey>& keys,
                                     std::string_view name) {
  for (const access::InboundKey& key : keys) {
    if (key.id == name) return key;
  }
  for (const access::InboundKey& key : keys) {
    if (key.terms.name == name) return key;
  }
  return fail(Code::kNotFound, "there is no API key '" + std::string(name) +
                                   "'; `hearth keys inbound list` shows those that there are");
}

std::string free_key_name(const std::vector<access::InboundKey>& keys) {
  for (std::size_t number = 1;; ++number) {
    const std::string name = "client-" + std::to_string(number);
    const bool taken = std::any_of(keys.begin(), keys.end(), [&](const access::InboundKey& key) {
      return key.terms.name == name;
    });
    if (!taken) return name;
  }
}

}  // namespace hearth::cli
