// Any bytes become the same events, however they are cut, or an error.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/sse_reader.h"

namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

hearth::Result<Events> read_all(const std::vector<std::string_view>& pieces) {
  hearth::cli::SseReader reader;
  Events all;
  for (const std::string_view piece : pieces) {
    for (auto& event : HEARTH_TRY(reader.feed(piece)))
      all.emplace_back(event.type, event.data);
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = std::min<std::size_t>(data[0], bytes.size());
  const auto whole = read_all({bytes});
  const auto pieces = read_all({bytes.substr(0, cut), bytes.substr(cut)});
  HEARTH_ASSERT(whole.has_value() == pieces.has_value());
  if (whole) HEARTH_ASSERT(*whole == *pieces);
  return 0;
}
