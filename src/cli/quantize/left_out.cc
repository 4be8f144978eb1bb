#include "cli/quantize/left_out.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hearth::cli::quantize {

std::vector<std::string> left_out_of(const store::ModelFile& model) {
  std::vector<std::string> left_out;
  for (const std::string& adapter : model.adapters)
    left_out.push_back("the adapter " + adapter);
  for (const std::string& projector : model.projectors)
    left_out.push_back("the projector " + projector);
  if (!model.manifest) return left_out;
  const store::Directions& directions = model.manifest->directions;
  if (!directions.chat_template.empty()) left_out.emplace_back("a template");
  if (!directions.system.empty()) left_out.emplace_back("a system message");
  if (!directions.parameters.empty()) left_out.emplace_back("parameters");
  if (!directions.messages.empty()) left_out.emplace_back("first messages");
  return left_out;
}

std::string left_out_text(const std::vector<std::string>& left_out, const std::string& source,
                          const std::string& made) {
  return fmt::format(
      "Note: only the weights of '{}' are taken, and not {}. A Modelfile that begins with FROM {} "
      "gives that to the new ones: an adapter by ADAPTER and its path; `hearth create` reads it.",
      source, fmt::join(left_out, ", "), made);
}

}  // namespace hearth::cli::quantize
