#include "flow/shortened.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::flow {

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  const std::size_t half = most / 2;
  return base::repair_utf8(text.substr(0, half)) +
         fmt::format("\n[… {} bytes are left out …]\n", text.size() - 2 * half) +
         base::repair_utf8(text.substr(text.size() - half));
}

}  // namespace hearth::flow
