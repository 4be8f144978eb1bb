#include "flow/fields.h"

#include <algorithm>
#include <limits>

namespace hearth::flow {

using json::Node;

Result<void> check_members(const Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& [key, field] : HEARTH_TRY(node.members())) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return fail(field.wrong("is not known"));
  }
  return {};
}

Result<std::string> required_text(const Node& node, std::string_view key) {
  const Node field = HEARTH_TRY(node.require(key));
  return std::string(HEARTH_TRY(field.text()));
}

Result<void> read_field(const Node& node, std::string_view key, std::string& text) {
  if (const auto field = node.find(key)) text = HEARTH_TRY(field->text());
  return {};
}

Result<void> read_field(const Node& node, std::string_view key, bool& flag) {
  if (const auto field = node.find(key)) flag = HEARTH_TRY(field->boolean());
  return {};
}

Result<void> read_field(const Node& node, std::string_view key, std::vector<std::string>& texts) {
  const auto field = node.find(key);
  if (!field) return {};
  texts.clear();
  for (const Node& one : HEARTH_TRY(field->elements()))
    texts.emplace_back(HEARTH_TRY(one.text()));
  return {};
}

Result<void> read_field(const Node& node, std::string_view key, std::int64_t& number) {
  const auto field = node.find(key);
  if (!field) return {};
  number = HEARTH_TRY(field->integer(std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max()));
  return {};
}

Result<void> read_field(const Node& node, std::string_view key, std::uint32_t& number) {
  const auto field = node.find(key);
  if (!field) return {};
  number = static_cast<std::uint32_t>(
      HEARTH_TRY(field->integer(0, std::numeric_limits<std::uint32_t>::max())));
  return {};
}

Result<void> read_field(const Node& node, std::string_view key, double& number) {
  if (const auto field = node.find(key)) {
    number = HEARTH_TRY(
        field->number(std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()));
  }
  return {};
}

}  // namespace hearth::flow
