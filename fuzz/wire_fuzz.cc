// Any bytes, offered in two pieces, end as messages or as kCorrupt; what was read is written and
// read again to the same bytes, whatever is in it.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seeds.h"
#include "wire/frame.h"
#include "wire/messages.h"

namespace wire = hearth::wire;

namespace {

std::vector<std::string> make_seeds() {
  hearth::chat::Request request;
  request.messages = {{hearth::chat::Role::kUser, "hello"}};
  request.sampling.seed = 7;
  request.sampling.logit_bias = {{3, 1.5F}};
  request.stop = {"end"};
  request.logprobs = 2;
  const std::string noise(1, '\0');  // the first byte says where the input is cut
  return {
      noise + *wire::encode(0, wire::Hello{}),
      noise + *wire::encode(0, wire::Load{.model = "m"}),
      noise + *wire::encode(1, wire::Generate{request}),
      noise + *wire::encode(1, wire::Embed{{"", {"a", "b"}}}),
      noise + *wire::encode(
                  1, wire::Said{hearth::chat::TextDelta{"text", 1, {{{3, "text", -0.5F}, {}}}}}),
      noise + *wire::encode(0, wire::Loaded{.architecture = "llama"}),
      noise + *wire::encode(
                  2, wire::Refused{hearth::base::make_error(hearth::base::Code::kCorrupt, "no")})};
}

void check_message(const wire::Frame& frame) {
  const auto message = wire::decode(frame);
  if (!message) {
    HEARTH_ASSERT(message.error().code == hearth::base::Code::kCorrupt);
    return;
  }
  const auto bytes = wire::encode(frame.request, *message);
  HEARTH_ASSERT(bytes.has_value());
  wire::FrameReader reader;
  reader.feed(*bytes);
  const auto again = reader.next();
  HEARTH_ASSERT(again.has_value() && again->has_value());
  const auto same = wire::decode(**again);
  HEARTH_ASSERT(same.has_value());
  // Compared as bytes: floats may be NaN, and unknown error codes became a known one.
  HEARTH_ASSERT(*wire::encode(frame.request, *same) == *bytes);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  hearth::fuzz::write_seeds_if_asked(*argc, *argv, make_seeds());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = std::min<std::size_t>(data[0], bytes.size());
  wire::FrameReader reader;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    reader.feed(piece);
    while (true) {
      const auto frame = reader.next();
      if (!frame) return 0;
      if (!*frame) break;
      check_message(**frame);
    }
  }
  return 0;
}
