#include "engine/call_rules.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "chat/request_part.h"
#include "constraint/arguments.h"

namespace hearth::engine {

namespace {

using dialogue::CallArguments;
using Written = CallArguments::Written;
using Places = std::unordered_map<std::string, std::uint32_t>;
using Names = std::unordered_set<std::string>;

Places places_of(const constraint::Rules& rules) {
  Places places;
  for (std::uint32_t place = 0; place < rules.rules.size(); ++place)
    places.emplace(rules.rules[place].name, place);
  return places;
}

Result<constraint::Rules> rules_of(const CallArguments& arguments, const std::string& schema,
                                   constraint::Effort& effort) {
  if (arguments.written == Written::kOneByOne)
    return constraint::rules_of_arguments(schema, arguments.list, effort);
  const bool gemma = arguments.written == Written::kGemma;
  return constraint::rules_of_arguments(
      schema, gemma ? constraint::Notation::kGemma : constraint::Notation::kJson, effort);
}

std::string about_tool(const std::string& tool, const Error& why) {
  return "the parameters of the tool '" + tool + "': " + why.message;
}

Error refusal(const Calls& calls, const std::string& tool, const Error& why) {
  const auto place = std::find(calls.tools.begin(), calls.tools.end(), tool) - calls.tools.begin();
  return make_error(
      Code::kInvalidArgument, about_tool(tool, why),
      chat::part_context({chat::RequestPart::Kind::kParameters, static_cast<std::size_t>(place)}));
}

void add_once(std::vector<std::string>& warnings, std::string warning) {
  const bool known = std::find(warnings.begin(), warnings.end(), warning) != warnings.end();
  if (!known && warnings.size() < kToolWarningsMax) warnings.push_back(std::move(warning));
}

void collect_names(const constraint::ArgumentList& list, Names& names);

void collect_names(const std::vector<constraint::Writing>& writings, Names& names) {
  for (const constraint::Writing& writing : writings) {
    names.insert({writing.before, writing.after});
    collect_names(writing.items, names);
    if (writing.members) collect_names(*writing.members, names);
  }
}

void collect_names(const constraint::ArgumentList& list, Names& names) {
  names.insert(list.between);
  for (const constraint::Argument& argument : list.arguments)
    collect_names(argument.writings, names);
}

// The rules of what stands around the arguments, from `begin` on, are those of the grammar.
void fill(constraint::Rules& rules, std::size_t begin, const CallArguments& arguments,
          const Places& places) {
  Names names;
  collect_names(arguments.list, names);
  for (std::size_t i = begin; i < rules.rules.size(); ++i) {
    constraint::Rule& rule = rules.rules[i];
    const auto place = places.find(rule.name);
    if (names.contains(rule.name) && place != places.end())
      rule.body = constraint::rule(place->second);
  }
}

}  // namespace

Result<std::vector<std::string>> hold_to_schemas(constraint::Rules& rules, const Calls& calls,
                                                 constraint::Effort& effort) {
  std::vector<std::string> warnings;
  const Places places = places_of(rules);
  for (const CallArguments& arguments : calls.grammar.arguments) {
    auto exact = rules_of(arguments, arguments.parameters, effort);
    HEARTH_TRY(effort.check());
    if (!exact && calls.required) return fail(refusal(calls, arguments.tool, exact.error()));
    if (!exact) {
      add_once(warnings, about_tool(arguments.tool, exact.error()) +
                             "; calls of it keep only to the names and types of its arguments");
      exact = rules_of(arguments, arguments.outline, effort);
    }
    const auto place = places.find(arguments.rule);
    if (!exact || place == places.end()) continue;
    const std::size_t begin = rules.rules.size();
    const std::uint32_t root = constraint::append(rules, *std::move(exact));
    fill(rules, begin, arguments, places);
    rules.rules[place->second].body = constraint::rule(root);
  }
  return warnings;
}

}  // namespace hearth::engine
