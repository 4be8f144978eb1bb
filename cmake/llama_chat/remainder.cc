// What llama.cpp's chat library takes from the rest of its common library, which is not built:
// four functions on strings, two on a model that Hearth never gives it, and a log. Its log writes
// what people and models say to stderr from a thread of its own; this one is silent.
#include <string>
#include <vector>

#include "common.h"
#include "log.h"

void string_replace_all(std::string& text, const std::string& search, const std::string& with) {
  if (search.empty()) return;
  std::string replaced;
  std::size_t at = 0;
  for (std::size_t found = text.find(search); found != std::string::npos;
       found = text.find(search, at)) {
    replaced.append(text, at, found - at).append(with);
    at = found + search.size();
  }
  text = replaced.append(text, at);
}

std::string string_join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i)
    joined.append(i == 0 ? "" : separator).append(parts[i]);
  return joined;
}

std::vector<std::string> string_split(const std::string& text, const std::string& delimiter) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (std::size_t found = text.find(delimiter); found != std::string::npos;
       found = text.find(delimiter, at)) {
    parts.push_back(text.substr(at, found - at));
    at = found + delimiter.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

std::string string_repeat(const std::string& text, std::size_t times) {
  std::string repeated;
  while (times-- > 0)
    repeated.append(text);
  return repeated;
}

std::vector<llama_token> common_tokenize(const llama_vocab* /*vocab*/, const std::string& /*text*/,
                                         bool /*add_special*/, bool /*parse_special*/) {
  return {};
}

std::string common_token_to_piece(const llama_vocab* /*vocab*/, llama_token /*token*/,
                                  bool /*special*/) {
  return {};
}

int common_log_get_verbosity_thold() {
  return -1;
}

common_log* common_log_main() {
  return nullptr;
}

void common_log_add(common_log* /*log*/, ggml_log_level /*level*/, const char* /*format*/, ...) {}
