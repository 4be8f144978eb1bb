#include "cli/prompt.h"

namespace hearth::cli {

std::string joined_prompt(const std::vector<std::string>& words, std::string_view piped) {
  std::string prompt;
  for (const std::string& word : words) {
    if (!prompt.empty()) prompt += ' ';
    prompt += word;
  }
  while (piped.ends_with('\n') || piped.ends_with('\r'))
    piped.remove_suffix(1);
  if (!prompt.empty() && !piped.empty()) prompt += "\n\n";
  return prompt.append(piped);
}

}  // namespace hearth::cli
