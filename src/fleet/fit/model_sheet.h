// All that is known of one model: what its file says, what it needs, whether that is there. For
// `hearth show`.
//
// Threads: a value; make_sheet reads the model's files and is for a worker.
// Errors:  those of gguf/ for files that cannot be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "fleet/fit/verdict.h"
#include "gguf/long_context.h"
#include "gguf/model_facts.h"
#include "gguf/model_kind.h"
#include "store/model_file.h"
#include "wire/messages.h"

namespace hearth::fleet {

// The context sizes that everybody is told, as far as the model was trained for them.
inline constexpr std::uint32_t kShownContexts[] = {4096, 8192, 32768};
inline constexpr std::size_t kAskedContextsMax = 16;

// What the daemon knows of a model beside its files.
struct ModelState {
  store::ModelFile model;
  wire::Load load;  // how it would be loaded
  std::optional<chat::Capabilities> capabilities = {};
  std::optional<SeenMemory> seen = {};
  bool loaded = false;
};

struct ContextNeed {
  std::uint32_t context = 0;  // that is told or asked for
  std::uint32_t used = 0;     // no more of it than the model was trained for
  gguf::KvType kv_type = gguf::KvType::kF16;
  gguf::MemoryEstimate estimate;  // of what is used, as it is guessed
  std::uint64_t bytes = 0;        // the whole, corrected by what was seen
  Verdict verdict = Verdict::kUnknown;
};

struct ModelSheet {
  ModelState state;
  gguf::ModelFacts facts;
  gguf::ModelKind kind = gguf::ModelKind::kText;
  std::optional<gguf::LongContext> long_context;
  std::vector<ContextNeed> needs;  // by context, then by type
  Fit fit;                         // as it would be loaded
  double correction = 1.0;
  Machine machine;
};

struct SheetWish {
  ModelState state;
  Machine machine;
  std::vector<std::uint32_t> contexts = {};  // that are asked for beside those everybody is told
};

// The facts of all its files.
Result<gguf::ModelFacts> load_facts(const store::ModelFile& model);
// What llama.cpp would be asked for. No context is larger than the one trained for.
gguf::MemoryRequest load_request(const gguf::ModelFacts& facts, const wire::Load& load);
Result<ModelSheet> make_sheet(SheetWish wish);

}  // namespace hearth::fleet
