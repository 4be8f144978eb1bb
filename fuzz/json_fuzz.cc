// Any bytes either parse or give an error; what parsed is written and parsed again to the same
// value, and every field reader answers for every kind of value.
#include <cstdint>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "json/node.h"
#include "json/parse.h"

namespace {

// Far below 64, so that short inputs reach the limit.
constexpr hearth::json::Limits kLimits{.bytes = 1 << 16, .depth = 16, .values = 4096};

void read_everything(const hearth::json::Node& node) {
  (void)node.text();
  (void)node.boolean();
  (void)node.integer(-10, 10);
  (void)node.bits64();
  (void)node.number(0, 1);
  if (auto elements = node.elements()) {
    for (const auto& element : *elements)
      read_everything(element);
  }
  if (auto members = node.members()) {
    for (const auto& [key, member] : *members)
      read_everything(member);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = hearth::json::parse({reinterpret_cast<const char*>(data), size}, kLimits);
  if (!value) return 0;
  read_everything(hearth::json::Node(*value));
  const std::string text = boost::json::serialize(*value);
  const auto again = hearth::json::parse(text);
  HEARTH_ASSERT(again.has_value());
  return 0;
}
