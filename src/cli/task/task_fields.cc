#include "cli/task/task_fields.h"

namespace hearth::cli {

std::string text_in(const json::Node& node, std::string_view key) {
  const auto field = node.find(key);
  const auto text = field ? field->text() : Result<std::string_view>("");
  return std::string(text.value_or(""));
}

std::int64_t number_in(const json::Node& node, std::string_view key) {
  const auto field = node.find(key);
  return field ? field->integer(INT64_MIN, INT64_MAX).value_or(0) : 0;
}

}  // namespace hearth::cli
