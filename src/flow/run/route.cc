#include "flow/run/route.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>

namespace hearth::flow {

namespace {

constexpr std::size_t kLongTask = 400;
constexpr int kWorthAPlan = 2;

constexpr std::array<std::string_view, 22> kDoing = {
    "read",     "write", "save",    "append", "list", "delete", "remove", "fetch",
    "download", "run",   "execute", "search", "find", "open",   "create", "copy",
    "move",     "store", "send",    "look",   "test", "rename"};
// Nobody knows these without looking, or without counting.
constexpr std::array<std::string_view, 12> kNeedsTools = {
    "file",      "files",   "folder",  "folders", "directory", "workspace",
    "calculate", "compute", "command", "date",    "today's",   "calculator"};
constexpr std::array<std::string_view, 6> kOrder = {"then",    "after", "afterwards",
                                                    "finally", "first", "next"};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!blank || word.empty()) continue;
    words.push_back(std::exchange(word, {}));
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string_view bare(std::string_view word) {
  constexpr std::string_view kMarks = ".,;:!?\"'`()";
  while (!word.empty() && kMarks.find(word.back()) != std::string_view::npos)
    word.remove_suffix(1);
  while (!word.empty() && kMarks.find(word.front()) != std::string_view::npos)
    word.remove_prefix(1);
  return word;
}

template <std::size_t kCount>
bool is_one_of(std::string_view word, const std::array<std::string_view, kCount>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "notes.txt", "src/main", "https://example.org".
bool names_a_place(std::string_view word) {
  if (word.find("://") != std::string_view::npos) return true;
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const std::size_t dot = word.rfind('.');
  const std::size_t slash = word.find('/');
  const bool has_ending = dot != std::string_view::npos && dot > 0 && dot + 1 < word.size() &&
                          word.size() - dot <= 6 && letter(word[dot + 1]) && letter(word[0]);
  const bool has_folder = slash != std::string_view::npos && slash > 0 && slash + 1 < word.size() &&
                          letter(word[slash - 1]) && letter(word[slash + 1]);
  return has_ending || has_folder;
}

}  // namespace

RouteDecided decide_route(std::string_view task, const RouteTerms& terms) {
  if (terms.has_plan) return {false, "there is a plan"};
  if (terms.mode == Mode::kDirect) return {true, "plans are off"};
  if (!terms.has_planner) return {true, "nobody plans"};
  if (terms.mode == Mode::kStrict) return {false, "every task is planned"};
  int doing = 0, order = 0, places = 0, needing = 0;
  for (const std::string& word : words_of(task)) {
    const std::string_view core = bare(word);
    doing += is_one_of(core, kDoing) ? 1 : 0;
    order += is_one_of(core, kOrder) ? 1 : 0;
    places += names_a_place(core) ? 1 : 0;
    needing += is_one_of(core, kNeedsTools) ? 1 : 0;
  }
  const bool has_parts = std::count(task.begin(), task.end(), '\n') >= 2 ||
                         std::count(task.begin(), task.end(), ';') >= 1;
  const int with_tools = std::min(doing, 2) + 2 * std::min(places + needing, 1);
  const int score = (terms.has_tools ? with_tools : 0) + std::min(order, 2) + (has_parts ? 1 : 0) +
                    (task.size() > kLongTask ? 1 : 0);
  if (score < kWorthAPlan) return {true, "it is one simple thing"};
  return {false, fmt::format("it names {} things to do, {} places and {} words of order", doing,
                             places + needing, order)};
}

}  // namespace hearth::flow
