#include "dialogue/tool_outlines.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace hearth::dialogue {

namespace {

using constraint::kOutlineName;
using constraint::kOutlineNameEnd;

constexpr std::string_view kToolName = "hearthtool";
constexpr std::string_view kNoParameters = R"({"type":"object","properties":{}})";

struct Number {
  std::size_t value = 0;
  std::size_t bytes = 0;  // of the text
};

// At the front of the text.
std::optional<Number> number_at(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  Number number;
  const char* begin = text.data() + name.size();
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(begin, end, number.value);
  if (error != std::errc() || after == end || *after != kOutlineNameEnd) return std::nullopt;
  number.bytes = static_cast<std::size_t>(after + 1 - text.data());
  return number;
}

template <typename Named>
const Named* find(const std::vector<Named>& all, std::string_view text, std::string_view name) {
  const std::optional<Number> number = number_at(text, name);
  if (!number || number->bytes != text.size() || number->value >= all.size()) return nullptr;
  return &all[number->value];
}

}  // namespace

Result<ToolOutlines> ToolOutlines::create(std::vector<chat::Tool> tools,
                                          const base::CancelToken& cancel) {
  ToolOutlines all;
  all.tools_ = std::move(tools);
  for (chat::Tool& tool : all.tools_) {
    if (cancel.cancelled()) return fail(Code::kCancelled, "cancelled");
    if (tool.parameters.empty()) tool.parameters = kNoParameters;
    auto outline = constraint::outline_of(tool.parameters, all.members_.size());
    if (!outline) {
      return fail(
          outline.error().code,
          fmt::format("the parameters of the tool '{}': {}", tool.name, outline.error().message),
          outline.error().context);
    }
    all.members_.insert(all.members_.end(), outline->members.begin(), outline->members.end());
    all.outlines_.push_back(*std::move(outline));
  }
  return all;
}

std::vector<chat::Tool> ToolOutlines::told() const {
  std::vector<chat::Tool> told;
  for (std::size_t i = 0; i < tools_.size(); ++i) {
    told.push_back({.name = fmt::format("{}{}{}", kToolName, i, kOutlineNameEnd),
                    .description = tools_[i].description,
                    .parameters = outlines_[i].text});
  }
  return told;
}

std::string ToolOutlines::revealed(std::string_view text) const {
  std::string revealed;
  while (!text.empty()) {
    const auto tool = number_at(text, kToolName);
    const auto member = number_at(text, kOutlineName);
    if (tool && tool->value < tools_.size()) {
      revealed += tools_[tool->value].name;
      text.remove_prefix(tool->bytes);
    } else if (member && member->value < members_.size()) {
      revealed += members_[member->value].name;
      text.remove_prefix(member->bytes);
    } else {
      revealed += text.front();
      text.remove_prefix(1);
    }
  }
  return revealed;
}

const chat::Tool* ToolOutlines::find_tool(std::string_view number) const {
  return find(tools_, number, kToolName);
}

const constraint::Outline::Member* ToolOutlines::find_member(std::string_view number) const {
  return find(members_, number, kOutlineName);
}

std::size_t ToolOutlines::number(const constraint::Outline::Member& member) const {
  return static_cast<std::size_t>(&member - members_.data());
}

const std::string& ToolOutlines::outline(const chat::Tool& tool) const {
  return outlines_[static_cast<std::size_t>(&tool - tools_.data())].plain;
}

}  // namespace hearth::dialogue
