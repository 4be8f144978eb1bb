// Any text is a manifest or an error with words that can be shown. A manifest is written and read
// again as the same one, and all of its paths stay within the store.
#include <cstdint>
#include <string_view>

#include "base/utf8.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_text.h"

namespace store = hearth::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest = store::read_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) {
    HEARTH_ASSERT(!manifest.error().message.empty());
    HEARTH_ASSERT(hearth::base::is_utf8(manifest.error().message));
    return 0;
  }
  const auto text = store::write_manifest(*manifest);
  // What is read within the limits can be longer when it is written with every escape.
  if (!text) return 0;
  const auto again = store::read_manifest(*text);
  HEARTH_ASSERT(again.has_value() && *again == *manifest);
  HEARTH_ASSERT(store::manifest_path(manifest->name).find("..") == std::string::npos);
  return 0;
}
