// Any text is a schema's rules or an error with words that can be shown, and rules are compiled
// and followed or refused. Its plain form is bounded, and a schema of which there is one. What
// stands behind a zero byte is the document that follows them.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "constraint/plain_schema.h"
#include "constraint/schema.h"
#include "follow.h"

namespace constraint = hearth::constraint;

namespace {

void write_plainly(std::string_view schema) {
  for (const auto how : {constraint::Plainness::kTyped, constraint::Plainness::kScalars}) {
    constraint::Effort effort;
    const auto plain = constraint::plain_schema(schema, how, effort);
    if (!plain) continue;
    const std::size_t most = constraint::kPlainGrowth * schema.size() + constraint::kPlainBytesFree;
    HEARTH_ASSERT(plain->size() <= 2 * most);
    constraint::Effort again;
    HEARTH_ASSERT(constraint::plain_schema(*plain, how, again).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = std::min(input.find('\0'), size);
  write_plainly(input.substr(0, zero));
  const auto rules = constraint::rules_of_schema(input.substr(0, zero));
  if (!rules) {
    HEARTH_ASSERT(!rules.error().message.empty());
    return 0;
  }
  hearth::fuzz::follow(*rules, zero < size ? input.substr(zero + 1) : "");
  return 0;
}
