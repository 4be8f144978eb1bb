// Any text is a schema's rules or an error with words that can be shown, and rules are compiled
// and followed or refused. What stands behind a zero byte is the document that follows them.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "constraint/schema.h"
#include "follow.h"

namespace constraint = hearth::constraint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = std::min(input.find('\0'), size);
  const auto rules = constraint::rules_of_schema(input.substr(0, zero));
  if (!rules) {
    HEARTH_ASSERT(!rules.error().message.empty());
    return 0;
  }
  hearth::fuzz::follow(*rules, zero < size ? input.substr(zero + 1) : "");
  return 0;
}
