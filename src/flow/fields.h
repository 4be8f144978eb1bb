// Reading the fields of what models and the log of a run have written, into values of ours. A field
// that is not there leaves the value as it is.
//
// Errors:  kInvalidArgument that names the field.
// Threads: pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/words.h"
#include "json/node.h"

namespace hearth::flow {

// An object, and no members but these.
Result<void> check_members(const json::Node& node, std::initializer_list<std::string_view> known);

Result<std::string> required_text(const json::Node& node, std::string_view key);

Result<void> read_field(const json::Node& node, std::string_view key, std::string& text);
Result<void> read_field(const json::Node& node, std::string_view key, bool& flag);
Result<void> read_field(const json::Node& node, std::string_view key,
                        std::vector<std::string>& texts);
Result<void> read_field(const json::Node& node, std::string_view key, std::int64_t& number);
Result<void> read_field(const json::Node& node, std::string_view key, std::uint32_t& number);
Result<void> read_field(const json::Node& node, std::string_view key, double& number);

template <typename Value, std::size_t kCount>
Result<void> read_field(const json::Node& node, std::string_view key,
                        const Words<Value, kCount>& words, Value& value) {
  if (const auto field = node.find(key)) value = HEARTH_TRY(words.read(*field));
  return {};
}

}  // namespace hearth::flow
