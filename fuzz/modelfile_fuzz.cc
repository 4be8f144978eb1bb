// Any text is a Modelfile or an error with words that can be shown. What was understood is written
// and read again as the same one.
#include <cstdint>
#include <string_view>

#include "base/utf8.h"
#include "store/modelfile/modelfile.h"
#include "store/modelfile/template_kind.h"

namespace store = hearth::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  store::template_kind(bytes);
  const auto reading = store::read_modelfile(bytes);
  if (!reading) {
    HEARTH_ASSERT(!reading.error().message.empty());
    HEARTH_ASSERT(hearth::base::is_utf8(reading.error().message));
    return 0;
  }
  const auto text = store::write_modelfile(reading->modelfile);
  // What was read within the limits can be longer when every value has its quotes.
  if (!text) return 0;
  const auto again = store::read_modelfile(*text);
  HEARTH_ASSERT(!again || again->modelfile == reading->modelfile);
  HEARTH_ASSERT(again || text->size() > store::kModelfileBytesMax);
  return 0;
}
