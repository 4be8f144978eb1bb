// Any text is a grammar's rules or an error with words that can be shown. The rules are within
// their limits, whatever the text nests.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "constraint/gbnf.h"

namespace constraint = hearth::constraint;

namespace {

std::size_t depth_of(const constraint::Expression& expression) {
  std::size_t deepest = 0;
  for (const auto& part : expression.parts)
    deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const constraint::FindToken find = [](std::string_view text) {
    return text == "<think>" ? std::optional<constraint::Token>(7) : std::nullopt;
  };
  const auto rules = constraint::parse_gbnf({reinterpret_cast<const char*>(data), size}, find);
  if (!rules) {
    HEARTH_ASSERT(!rules.error().message.empty());
    return 0;
  }
  HEARTH_ASSERT(rules->rules.size() <= constraint::kRulesMax);
  for (const constraint::Rule& rule : rules->rules) {
    HEARTH_ASSERT(depth_of(rule.body) <= constraint::kExpressionDepthMax);
  }
  return 0;
}
