#include "flow/run/tool_inventory.h"

#include <map>

#include <fmt/format.h>

#include "base/fnv.h"
#include "flow/run/event.h"

namespace hearth::flow {

namespace {

using Entries = std::map<std::string, std::string, std::less<>>;

// "a=1 b=2".
Entries entries_of(std::string_view inventory) {
  Entries entries;
  while (!inventory.empty()) {
    const std::string_view entry = inventory.substr(0, inventory.find(' '));
    inventory.remove_prefix(std::min(entry.size() + 1, inventory.size()));
    const std::size_t mark = std::min(entry.find('='), entry.size());
    entries.emplace(entry.substr(0, mark), entry.substr(mark));
  }
  return entries;
}

void add_words(std::string& words, std::string_view more) {
  if (!words.empty()) words += ", ";
  words += more;
}

}  // namespace

std::string inventory_of(const Tools& tools) {
  std::map<std::string, std::uint64_t> digests;
  for (const ToolFacts& tool : tools.facts())
    digests[tool.name] =
        base::fnv1a(fmt::format("{} {}", static_cast<int>(tool.effect), tool.parameters));
  std::string inventory =
      fmt::format("format={} rules={:016x}", kFormatVersion, base::fnv1a(tools.rules()));
  for (const auto& [name, digest] : digests)
    inventory += fmt::format(" {}={:016x}", name, digest);
  return inventory;
}

std::string inventory_change(std::string_view before, std::string_view now) {
  const Entries old = entries_of(before), current = entries_of(now);
  std::string words;
  for (const auto& [name, digest] : old) {
    const auto found = current.find(name);
    if (found == current.end()) {
      add_words(words, name + " is gone");
    } else if (found->second != digest) {
      add_words(words, name == "rules" ? "the rules are others" : name + " is another");
    }
  }
  for (const auto& [name, digest] : current)
    if (!old.contains(name)) add_words(words, name + " is new");
  return words;
}

}  // namespace hearth::flow
