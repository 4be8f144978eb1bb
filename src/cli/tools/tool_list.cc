#include "cli/tools/tool_list.h"

#include "base/clock.h"
#include "cli/text_table.h"
#include "json/writer.h"

namespace hearth::cli {

std::string tools_table(const ToolList& list) {
  std::vector<std::vector<std::string>> rows{{"TOOL", "EFFECT", "RULE", "WHAT IT DOES"}};
  for (const tool::Spec& spec : list.specs) {
    const std::string effect(tool::effect_name(spec.effect));
    rows.push_back({spec.name, spec.reaches_network ? effect + ", network" : effect,
                    std::string(tool::rule_name(decide(list.policy, spec, "").rule)),
                    spec.description});
  }
  return text_table(rows);
}

std::string tools_json(const ToolList& list, Paths paths) {
  json::Writer json;
  json.open('{').key("files").boolean(!list.workspace.empty());
  if (paths == Paths::kTold && !list.workspace.empty()) json.key("workspace").text(list.workspace);
  json.key("held");
  if (list.held) {
    json.text(*list.held);
  } else {
    json.null();
  }
  json.key("tools").open('[');
  for (const tool::Spec& spec : list.specs) {
    const tool::Decision decision = decide(list.policy, spec, "");
    json.open('{').key("name").text(spec.name).key("description").text(spec.description);
    json.key("parameters").verbatim(spec.parameters);
    json.key("effect").text(tool::effect_name(spec.effect));
    json.key("network").boolean(spec.reaches_network);
    json.key("rule").text(tool::rule_name(decision.rule)).key("reason").text(decision.reason);
    json.key("time_limit_s").number(base::to_ms(spec.time_limit) / 1000).close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace hearth::cli
