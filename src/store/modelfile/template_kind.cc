#include "store/modelfile/template_kind.h"

#include <algorithm>
#include <array>

namespace hearth::store {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kOpen = "{{";
constexpr std::string_view kJinjaOpen = "{%";
// What begins an action of Go and no expression of Jinja.
constexpr std::array<std::string_view, 11> kGoWords{
    "if", "else", "end", "range", "with", "template", "define", "block", "break", "continue", "/*"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// What stands behind "{{" and the sign that takes blanks away.
bool is_go_action(std::string_view inside) {
  if (inside.starts_with('-')) inside.remove_prefix(1);
  inside.remove_prefix(std::min(inside.find_first_not_of(kBlanks), inside.size()));
  if (inside.starts_with('.') || inside.starts_with('$')) return true;
  return std::any_of(kGoWords.begin(), kGoWords.end(), [&](std::string_view word) {
    if (!inside.starts_with(word)) return false;
    return inside.size() == word.size() || !is_letter(inside[word.size()]);
  });
}

}  // namespace

TemplateKind template_kind(std::string_view text) {
  if (text.find(kJinjaOpen) != std::string_view::npos) return TemplateKind::kJinja;
  std::size_t at = text.find(kOpen);
  if (at == std::string_view::npos) return TemplateKind::kNone;
  for (; at != std::string_view::npos; at = text.find(kOpen, at + kOpen.size())) {
    if (is_go_action(text.substr(at + kOpen.size()))) return TemplateKind::kGo;
  }
  return TemplateKind::kJinja;
}

}  // namespace hearth::store
