#include "train/lesson/pair.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "json/node.h"
#include "json/parse.h"

namespace hearth::train {

namespace {

using json::Node;

constexpr std::array<std::string_view, 4> kMembers = {"query", "document", "not", "about"};

Result<std::string> read_text(const Node& node) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (text.empty()) return fail(node.wrong("must not be empty"));
  return std::string(text);
}

}  // namespace

Result<Pair> read_pair(std::string_view line) {
  const boost::json::value value = HEARTH_TRY(json::parse(line));
  const Node root(value);
  for (const auto& [key, member] : HEARTH_TRY(root.members())) {
    if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end())
      return fail(member.wrong("is not known"));
  }
  const Node query = HEARTH_TRY(root.require("query"));
  const Node document = HEARTH_TRY(root.require("document"));
  Pair pair;
  pair.query = HEARTH_TRY(read_text(query));
  pair.document = HEARTH_TRY(read_text(document));
  pair.about = pair.document;
  if (const auto about = root.find("about")) pair.about = HEARTH_TRY(read_text(*about));
  const auto near_misses = root.find("not");
  if (!near_misses) return pair;
  for (const Node& text : HEARTH_TRY(near_misses->elements()))
    pair.near_misses.push_back(HEARTH_TRY(read_text(text)));
  if (pair.near_misses.size() > kNearMissesMax)
    return fail(near_misses->wrong(fmt::format("may have {} texts at most", kNearMissesMax)));
  return pair;
}

}  // namespace hearth::train
