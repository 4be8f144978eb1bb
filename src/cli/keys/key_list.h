// API keys as they are shown. The secret of one is nowhere here: nobody has it.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "access/inbound_key.h"
#include "base/result.h"

namespace hearth::cli {

// "active", "expired", "revoked".
std::string_view key_state(const access::InboundKey& key, std::int64_t now_ms);

struct KeyList {
  std::vector<access::InboundKey> keys;
  std::vector<access::Usage> usage;  // of today
  std::int64_t now_ms = 0;
};
std::string key_table(const KeyList& list);
std::string keys_json(const KeyList& list);

// By its id, else by its name. kNotFound says how to see which there are.
Result<access::InboundKey> named_key(const std::vector<access::InboundKey>& keys,
                                     std::string_view name);
// The first of "client-1", "client-2" … that is free.
std::string free_key_name(const std::vector<access::InboundKey>& keys);

}  // namespace hearth::cli
