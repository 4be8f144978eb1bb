#include "api/core/tool_wish.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/tool_parts.h"

namespace hearth::api {

namespace {

using json::Node;

constexpr std::string_view kTools = "tools";
constexpr std::string_view kWorkspace = "workspace";
constexpr std::string_view kRounds = "rounds";

Result<std::vector<std::string>> read_names(const Node& node) {
  const std::vector<Node> elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(node.wrong("must name at least one tool, or be true"));
  if (elements.size() > kToolNamesMax)
    return fail(node.wrong(fmt::format("names more than {} tools", kToolNamesMax)));
  std::vector<std::string> names;
  for (const Node& element : elements)
    names.push_back(HEARTH_TRY(read_tool_name(element)));
  return names;
}

Result<std::string> read_workspace(const Node& node) {
  const std::string_view path = HEARTH_TRY(read_text(node, kWorkspaceBytesMax));
  const bool is_whole = path.front() == '/' && path.find('\0') == std::string_view::npos;
  if (!is_whole) return fail(node.wrong("must be the absolute path of a folder"));
  return std::string(path);
}

}  // namespace

bool is_tool_wish_field(std::string_view name) {
  return name == kTools || name == kWorkspace || name == kRounds;
}

Result<std::optional<agent::Wish>> read_tool_wish(const Node& own) {
  const auto tools = own.find(kTools);
  const bool is_list = tools && tools->is_array();
  const bool wanted = is_list || (tools && HEARTH_TRY(tools->boolean()));
  if (!wanted) {
    for (const std::string_view name : {kWorkspace, kRounds}) {
      if (const auto beside = own.find(name))
        return fail(beside->wrong("is about hearth.tools, which are not asked for"));
    }
    return std::optional<agent::Wish>();
  }
  agent::Wish wish;
  if (is_list) wish.names = HEARTH_TRY(read_names(*tools));
  if (const auto path = own.find(kWorkspace)) wish.workspace = HEARTH_TRY(read_workspace(*path));
  if (const auto rounds = own.find(kRounds))
    wish.rounds = static_cast<std::uint32_t>(HEARTH_TRY(rounds->integer(1, agent::kRoundsMax)));
  return std::optional(std::move(wish));
}

Result<void> take_no_tool_wish(const std::optional<agent::Wish>& wish) {
  if (!wish) return {};
  return fail(Code::kInvalidArgument,
              "hearth.tools is not supported here: nothing is answered, and so nothing is called",
              std::string(kToolsField));
}

}  // namespace hearth::api
