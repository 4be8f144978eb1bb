#include "store/make/capped_parameters.h"

#include <limits>

#include <fmt/format.h>

#include "base/number_text.h"

namespace hearth::store {

std::vector<std::string> notes_on_capped(const std::vector<Parameter>& parameters,
                                         const ParameterCaps& caps) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::string> notes;
  for (const Parameter& parameter : parameters) {
    const auto asked = base::number_in<std::uint64_t>(parameter.value, 1, kMost);
    if (!asked) continue;
    if (parameter.name == "num_ctx" && caps.context_trained > 0 && *asked > caps.context_trained) {
      notes.push_back(fmt::format(
          "num_ctx is {}, and the model was trained for {} tokens: it is loaded with those", *asked,
          caps.context_trained));
    }
    if (parameter.name == "num_thread" && caps.processors > 0 && *asked > caps.processors) {
      notes.push_back(
          fmt::format("num_thread is {}, and there are {} processors here: as many are used",
                      *asked, caps.processors));
    }
  }
  return notes;
}

}  // namespace hearth::store
