// Models, as a run asks them: one question, and its answer when it is whole. Who wires says how.
//
// Threads: thread-safe; ask() blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/cancellation.h"
#include "base/result.h"
#include "flow/prompt/prompt_book.h"
#include "flow/run/role.h"

namespace hearth::flow {

struct Question {
  std::string model;
  Role role = Role::kExecutor;
  Prompt prompt;
  std::uint64_t seed = 0;
  std::uint32_t tokens_max = 0;
  std::int64_t limit_ms = 0;  // kDeadlineExceeded when it takes longer; 0: none
  std::string client = {};    // who shares prefixes and is fairly served
};

struct Reply {
  std::string text;
  bool cut = false;
  std::uint32_t prompt_tokens = 0;
  std::uint32_t cached_tokens = 0;
  std::uint32_t completion_tokens = 0;
  std::int64_t swap_ms = 0;
};

// While it is written, on a thread of the model's: a piece of text, or of what it thinks.
struct Piece {
  enum class Kind : std::uint8_t { kText, kThinking, kLoading };
  Kind kind = Kind::kText;
  std::string_view text = {};
  std::uint32_t done = 0, total = 0;  // of loading
};
using Hearing = std::function<void(const Piece&)>;

class Models {
 public:
  virtual ~Models() = default;
  virtual Result<Reply> ask(const Question& question, const base::CancelToken& cancel,
                            const Hearing& hear) = 0;
  // What a model is told in each role.
  virtual PromptBook prompts(const std::string& model) const = 0;
};

}  // namespace hearth::flow
