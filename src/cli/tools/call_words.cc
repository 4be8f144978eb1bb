#include "cli/tools/call_words.h"

#include <set>

#include "json/parse.h"
#include "json/value_text.h"
#include "json/writer.h"

namespace hearth::cli {

Result<std::string> arguments_of_words(const std::vector<std::string>& words) {
  if (words.size() == 1 && words.front().starts_with('{')) return words.front();
  json::Writer json;
  std::set<std::string> known;
  json.open('{');
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Code::kInvalidArgument,
                  "'" + word + "' is no argument of a tool; write key=value, or one JSON object");
    }
    const bool is_json = word[equals - 1] == ':';
    const std::string key = word.substr(0, is_json ? equals - 1 : equals);
    if (!known.insert(key).second)
      return fail(Code::kInvalidArgument, "the argument '" + key + "' is given twice");
    json.key(key);
    const std::string text = word.substr(equals + 1);
    if (is_json) {
      const auto value = HEARTH_TRY(json::parse(text));
      json.verbatim(json::value_text(value));
    } else {
      json.text(text);
    }
  }
  return json.close('}').take();
}

}  // namespace hearth::cli
