#include "api/core/keep_alive_field.h"

#include <limits>
#include <string>

#include "chat/keep_alive.h"

namespace hearth::api {

Result<base::Duration> read_keep_alive(const json::Node& node) {
  if (!node.is_string()) {
    constexpr double kMost = std::numeric_limits<double>::max();
    return chat::keep_alive_of(HEARTH_TRY(node.number(-kMost, kMost)));
  }
  const std::string_view text = HEARTH_TRY(node.text());
  const auto time = chat::parse_keep_alive(text);
  if (!time) return fail(node.wrong("is wrong: " + time.error().message));
  return *time;
}

}  // namespace hearth::api
