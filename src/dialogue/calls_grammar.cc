#include "dialogue/calls_grammar.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace hearth::dialogue {

namespace {

constexpr std::string_view kDefines = " ::= ";
constexpr std::string_view kRoot = "root";
constexpr std::string_view kOr = " | ";
// What the library names them where nothing triggers them.
constexpr std::string_view kUsualNames = "tool-call | tool-calls";

// Where the body of a rule stands; the library writes one rule a line.
struct Place {
  std::size_t begin = 0;
  std::size_t size = 0;
};

std::optional<Place> find_rule(std::string_view grammar, std::string_view name) {
  const std::string head = std::string(name).append(kDefines);
  std::size_t at = grammar.starts_with(head) ? 0 : grammar.find("\n" + head);
  if (at == std::string_view::npos) return std::nullopt;
  if (grammar[at] == '\n') ++at;
  const std::size_t begin = at + head.size();
  return Place{begin, std::min(grammar.find('\n', begin), grammar.size()) - begin};
}

}  // namespace

std::string calls_alone(std::string required, const std::string& triggered) {
  const auto root = find_rule(required, kRoot);
  if (!root) return {};
  const auto triggers = find_rule(triggered, kRoot);
  std::string_view names =
      triggers ? std::string_view(triggered).substr(triggers->begin, triggers->size) : kUsualNames;
  // The last one that there is: it is the whole of which the others are parts.
  while (!names.empty()) {
    const std::size_t bar = names.rfind(kOr);
    const std::string name(bar == std::string_view::npos ? names : names.substr(bar + kOr.size()));
    if (find_rule(required, name)) return required.replace(root->begin, root->size, name);
    names = names.substr(0, bar == std::string_view::npos ? 0 : bar);
  }
  return {};
}

}  // namespace hearth::dialogue
