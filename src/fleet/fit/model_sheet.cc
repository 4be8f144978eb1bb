#include "fleet/fit/model_sheet.h"

#include <algorithm>
#include <set>
#include <utility>

#include "gguf/file.h"

namespace hearth::fleet {

namespace {

constexpr gguf::KvType kShownTypes[] = {gguf::KvType::kF16, gguf::KvType::kQ8_0};

// What is asked for is answered also where the model was not trained for as much.
std::vector<std::uint32_t> contexts_of(const gguf::ModelFacts& facts,
                                       const std::vector<std::uint32_t>& asked) {
  std::set<std::uint32_t> contexts(asked.begin(), asked.end());
  for (const std::uint32_t shown : kShownContexts) {
    if (shown < facts.context_trained) contexts.insert(shown);
  }
  contexts.insert(facts.context_trained);
  contexts.erase(0);
  return {contexts.begin(), contexts.end()};
}

std::vector<ContextNeed> needs_of(const ModelSheet& sheet, const Need& need,
                                  const std::vector<std::uint32_t>& asked) {
  std::vector<ContextNeed> needs;
  gguf::MemoryRequest request = load_request(sheet.facts, sheet.state.load);
  for (const std::uint32_t context : contexts_of(sheet.facts, asked)) {
    const std::uint32_t used = std::min(context, sheet.facts.context_trained);
    for (const gguf::KvType type : kShownTypes) {
      // Without keys and values there is nothing to choose.
      if (type != kShownTypes[0] && sheet.facts.is_encoder) continue;
      request.context_tokens = used;
      request.kv_type = type;
      const std::uint64_t bytes = need.bytes(request);
      const Fit fit{judge_bytes(bytes, sheet.machine), used, bytes};
      needs.push_back({context, used, type, need.estimate(request), bytes,
                       within_training(fit, context).verdict});
    }
  }
  return needs;
}

}  // namespace

Result<gguf::ModelFacts> load_facts(const store::ModelFile& model) {
  std::vector<gguf::File> files;
  files.push_back(HEARTH_TRY(gguf::File::load(model.path)));
  // Of a first part without the others, its header is what there is to tell.
  if (model.more_parts.empty()) return gguf::ModelFacts::from(files.front());
  for (const std::string& part : model.more_parts)
    files.push_back(HEARTH_TRY(gguf::File::load(part)));
  return gguf::ModelFacts::from(files);
}

gguf::MemoryRequest load_request(const gguf::ModelFacts& facts, const wire::Load& load) {
  const bool is_open = load.context == 0 || load.context > facts.context_trained;
  const std::uint32_t context = is_open ? facts.context_trained : load.context;
  return {.context_tokens = std::max(context, load.kv_tokens), .sequences = load.sequences_max + 1};
}

Result<ModelSheet> make_sheet(SheetWish wish) {
  ModelSheet sheet{.state = std::move(wish.state)};
  sheet.machine = std::move(wish.machine);
  sheet.facts = HEARTH_TRY(load_facts(sheet.state.model));
  sheet.kind = gguf::kind_of(sheet.facts);
  sheet.long_context = gguf::long_context_of(sheet.facts);
  const Need need(sheet.facts, sheet.state.seen);
  sheet.correction = need.correction();
  sheet.fit = judge(need, load_request(sheet.facts, sheet.state.load), sheet.machine);
  sheet.needs = needs_of(sheet, need, wish.contexts);
  return sheet;
}

}  // namespace hearth::fleet
