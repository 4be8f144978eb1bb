// Any bytes are a form of bounded parts that lie within the body, or an error. The first line is
// the Content-Type.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "api/core/form_body.h"
#include "base/result.h"
#include "base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const auto form = hearth::api::parse_form(input.substr(0, line), body);
  if (!form) {
    HEARTH_ASSERT(!form.error().message.empty());
    return 0;
  }
  HEARTH_ASSERT(form->size() <= hearth::api::kFormPartsMax);
  for (const auto& part : *form) {
    HEARTH_ASSERT(!part.name.empty() && part.name.size() <= hearth::api::kFormNameBytesMax);
    HEARTH_ASSERT(hearth::base::is_utf8(part.name) && hearth::base::is_utf8(part.file_name));
    HEARTH_ASSERT(part.content.size() <= body.size());
    HEARTH_ASSERT(part.content.empty() ||
                  (part.content.data() >= body.data() &&
                   part.content.data() + part.content.size() <= body.data() + body.size()));
  }
  return 0;
}
