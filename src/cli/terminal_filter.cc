#include "cli/terminal_filter.h"

#include <utility>

#include "base/utf8.h"

namespace hearth::cli {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// U+2400…: a small picture of the control character, such as ␛.
void append_picture(std::string& out, unsigned char control) {
  const unsigned char shown = control == 0x7F ? 0x21 : control;
  out += "\xE2\x90";
  out += static_cast<char>(0x80 + shown);
}

bool is_c1(std::string_view text) {  // U+0080–U+009F, which some terminals obey as ESC sequences
  return text.size() >= 2 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) >= 0x80 &&
         static_cast<unsigned char>(text[1]) <= 0x9F;
}

}  // namespace

std::string terminal_safe(std::string_view text) {
  const std::string valid = base::repair_utf8(text);
  std::string safe;
  safe.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size(); ++at) {
    const auto byte = static_cast<unsigned char>(valid[at]);
    if (byte == '\r') continue;  // it would let later text cover earlier text
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
      append_picture(safe, byte);
    } else if (is_c1(std::string_view(valid).substr(at))) {
      safe += kReplacement;
      ++at;
    } else {
      safe += valid[at];
    }
  }
  return safe;
}

std::string TerminalFilter::feed(std::string_view piece) {
  pending_ += piece;
  const std::size_t unfinished = base::unfinished_utf8_suffix(pending_);
  const std::size_t ready = pending_.size() - unfinished;
  std::string safe = terminal_safe(std::string_view(pending_).substr(0, ready));
  pending_.erase(0, ready);
  return safe;
}

std::string TerminalFilter::finish() {
  return terminal_safe(std::exchange(pending_, {}));
}

}  // namespace hearth::cli
