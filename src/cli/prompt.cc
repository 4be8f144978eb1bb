#include "cli/prompt.h"

#include <poll.h>

#include "base/utf8.h"

namespace hearth::cli {

namespace {

constexpr int kSilenceMs = 1000;  // of the standard input, before we say that we wait for it

}  // namespace

std::string joined_words(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

std::string joined_prompt(const std::vector<std::string>& words, std::string_view piped) {
  std::string prompt = joined_words(words);
  while (piped.ends_with('\n') || piped.ends_with('\r'))
    piped.remove_suffix(1);
  if (!prompt.empty() && !piped.empty()) prompt += "\n\n";
  return prompt.append(piped);
}

Result<std::string> read_piped(Console& console) {
  if (console.input_is_terminal()) return std::string();
  pollfd input{console.input(), POLLIN, 0};
  if (::poll(&input, 1, kSilenceMs) == 0) {
    console.notice(
        "hearth: reading the standard input to its end; add </dev/null if there is none");
  }
  std::string piped = HEARTH_TRY(read_all(console.input(), kStdinBytesMax));
  if (base::is_utf8(piped)) return piped;
  return fail(Code::kInvalidArgument, "the standard input is not UTF-8 text");
}

}  // namespace hearth::cli
