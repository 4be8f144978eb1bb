#include "api/core/tool_parts.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "api/core/field_checks.h"

namespace hearth::api {

namespace {

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

}  // namespace

Result<std::string> read_tool_name(const json::Node& node) {
  const std::string_view name = HEARTH_TRY(read_text(node, kToolNameBytesMax));
  if (std::all_of(name.begin(), name.end(), is_name_byte)) return std::string(name);
  return fail(node.wrong("must be made of letters, digits, '_', '-' and '.'"));
}

Result<std::string> read_tool_schema(const json::Node& node) {
  const auto members = HEARTH_TRY(node.members());
  if (members.empty()) return std::string();
  if (const auto type = node.find("type")) {
    const bool is_object = type->is_string() && HEARTH_TRY(type->text()) == "object";
    if (!is_object) return fail(type->wrong("must be \"object\""));
  }
  std::string text = node.json();
  if (text.size() <= kSchemaBytesMax) return text;
  return fail(node.wrong(fmt::format("is longer than {} bytes", kSchemaBytesMax)));
}

}  // namespace hearth::api
