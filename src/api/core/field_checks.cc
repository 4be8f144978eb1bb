#include "api/core/field_checks.h"

#include <algorithm>

#include <fmt/format.h>

namespace hearth::api {

Result<void> check_members(const json::Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (value.is_null() || std::find(known.begin(), known.end(), key) != known.end()) continue;
    return fail(value.wrong("is not supported"));
  }
  return {};
}

Result<std::string_view> read_text(const json::Node& node, std::size_t bytes_max) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (text.empty()) return fail(node.wrong("must not be empty"));
  if (text.size() > bytes_max) {
    return fail(node.wrong(fmt::format("has {} bytes; the limit is {}", text.size(), bytes_max)));
  }
  return text;
}

Result<std::string> read_model_name(const json::Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (name.empty()) return fail(node.wrong("must name a model"));
  if (name.size() > kModelNameBytesMax) {
    return fail(node.wrong(fmt::format("is longer than {} bytes", kModelNameBytesMax)));
  }
  return std::string(name);
}

}  // namespace hearth::api
