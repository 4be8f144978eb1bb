// Any bytes as the wire: frames, pieces, messages.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  hearth::wire::FrameReader reader;
  // In two parts, so that frames are also cut by the socket.
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  for (const std::string_view part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    reader.feed(part);
    while (true) {
      const auto frame = reader.next();
      if (!frame) return 0;
      if (!*frame) break;
      const auto message = hearth::wire::decode(**frame);
      // What was understood can be said again.
      if (message) (void)hearth::wire::encode((**frame).request, *message);
    }
  }
  return 0;
}
