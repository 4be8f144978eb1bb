#include "dialogue/gbnf_text.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "constraint/pattern/code_points.h"

namespace hearth::dialogue {

namespace {

std::string in_class(char32_t point) {
  return fmt::format("\\U{:08X}", static_cast<std::uint32_t>(point));
}

// The longest end of the text that one of the marks begins with.
std::u32string beginning_in(std::u32string text, const std::vector<std::u32string>& marks) {
  const auto begins = [&](const std::u32string& mark) { return mark.starts_with(text); };
  while (std::none_of(marks.begin(), marks.end(), begins))
    text.erase(0, 1);
  return text;
}

}  // namespace

std::string gbnf_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') {
      literal += {'\\', byte};
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      literal += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
    } else {
      literal += byte;
    }
  }
  return literal + '"';
}

std::string add_text_without(GbnfRules& rules, const std::vector<std::string>& marks) {
  std::vector<std::u32string> all;
  std::set<char32_t> points;
  for (const std::string& mark : marks) {
    all.push_back(constraint::code_points(mark));
    points.insert(all.back().begin(), all.back().end());
  }
  const std::string name = fmt::format("text-{}", rules.size());
  if (points.empty()) {  // such a mark stands everywhere
    rules.emplace_back(name, "\"\"");
    return name;
  }
  // One rule for each beginning of a mark with which the text may end so far.
  std::map<std::u32string, std::size_t> places{{U"", 0}};
  std::vector<std::u32string> pending{U""};
  const auto name_of = [&](std::size_t place) {
    return place == 0 ? name : fmt::format("{}-{}", name, place);
  };
  for (std::size_t at = 0; at < pending.size(); ++at) {
    std::string others;
    std::string body;
    for (const char32_t point : points) {
      const std::u32string further = pending[at] + point;
      others += in_class(point);
      const bool whole = std::any_of(all.begin(), all.end(), [&](const std::u32string& mark) {
        return further.ends_with(mark);
      });
      if (whole) continue;
      const std::u32string next = beginning_in(further, all);
      const auto [place, fresh] = places.try_emplace(next, pending.size());
      if (fresh) pending.push_back(next);
      body += fmt::format("[{}] {} | ", in_class(point), name_of(place->second));
    }
    rules.emplace_back(name_of(at), fmt::format("{}[^{}] {} | \"\"", body, others, name));
  }
  return name;
}

}  // namespace hearth::dialogue
