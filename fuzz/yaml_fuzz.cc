// Any text is a settings file or an error with words that can be shown.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "config/yaml_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entries =
      hearth::config::parse_yaml({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (!entries) HEARTH_ASSERT(!entries.error().message.empty());
  return 0;
}
