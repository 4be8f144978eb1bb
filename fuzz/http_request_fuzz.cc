// Any bytes, offered in two pieces, end as a request or a refusal; the parser never takes more
// than it was offered, and always says which.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "net/request_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  hearth::net::HttpLimits limits;
  limits.header_bytes = 512;  // so that short inputs reach the limits
  limits.body_bytes = 256;
  hearth::net::RequestParser parser(limits);
  const std::size_t cut = data[0] % size;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string unread;
  for (const std::string& piece : {text.substr(0, cut), text.substr(std::min(cut, text.size()))}) {
    unread += piece;
    while (!unread.empty() && parser.state() != hearth::net::RequestParser::State::kDone) {
      const auto used = parser.put(unread);
      if (!used) return 0;
      HEARTH_ASSERT(*used <= unread.size());
      unread.erase(0, *used);
      if (*used == 0) break;
    }
  }
  if (parser.state() == hearth::net::RequestParser::State::kDone) {
    HEARTH_ASSERT(parser.take().body.size() <= limits.body_bytes);
  }
  return 0;
}
