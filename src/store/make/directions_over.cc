#include "store/make/directions_over.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/modelfile/template_kind.h"

namespace hearth::store {

namespace {

// What is inherited is somebody else's; of it the first ones count.
Result<void> check_stops(const std::vector<Parameter>& ours) {
  const auto stops = static_cast<std::size_t>(std::count_if(
      ours.begin(), ours.end(), [](const Parameter& own) { return own.name == "stop"; }));
  if (stops <= kStopsMax) return {};
  return fail(
      Code::kInvalidArgument,
      fmt::format("there are {} PARAMETER stop, and at most {} are possible; leave some out", stops,
                  kStopsMax));
}

// A name's values replace all that the base has under it.
void set_parameters(std::vector<Parameter>& all, const std::vector<Parameter>& ours) {
  std::erase_if(all, [&](const Parameter& base) {
    return std::any_of(ours.begin(), ours.end(),
                       [&](const Parameter& own) { return own.name == base.name; });
  });
  all.insert(all.end(), ours.begin(), ours.end());
}

Result<std::vector<std::string>> set_template(std::string& chat_template,
                                              const std::string& wanted) {
  const TemplateKind kind = wanted.empty() ? TemplateKind::kJinja : template_kind(wanted);
  if (kind == TemplateKind::kGo) {
    return std::vector<std::string>{
        "TEMPLATE is written in Go's language and not used: Hearth's templates are Jinja, and the "
        "one in the model's own file stays"};
  }
  if (kind == TemplateKind::kNone) {
    return fail(Code::kInvalidArgument,
                "TEMPLATE never says where the messages stand: a Jinja template has {{ … }} or "
                "{% … %}; leave TEMPLATE out to use the one in the model's file");
  }
  chat_template = wanted;
  return std::vector<std::string>();
}

}  // namespace

Result<std::vector<std::string>> direct(Manifest& manifest, const Modelfile& modelfile) {
  std::vector<std::string> warnings;
  Directions& directions = manifest.directions;
  if (modelfile.chat_template)
    warnings = HEARTH_TRY(set_template(directions.chat_template, *modelfile.chat_template));
  if (modelfile.system) directions.system = *modelfile.system;
  HEARTH_TRY(check_stops(modelfile.parameters));
  set_parameters(directions.parameters, modelfile.parameters);
  if (!modelfile.messages.empty()) directions.messages = modelfile.messages;
  for (const std::string& licence : modelfile.licences) {
    std::vector<std::string>& all = manifest.licences;
    if (std::find(all.begin(), all.end(), licence) == all.end()) all.push_back(licence);
  }
  return warnings;
}

}  // namespace hearth::store
