#include "cli/finetune/needs.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/units.h"

namespace hearth::cli::finetune {

namespace {

constexpr std::uint64_t kFloat = 4;
constexpr std::uint64_t kRows = 4;               // weights, gradient, the optimiser's two
constexpr std::uint64_t kCheckpointRows = 3;     // all but the gradient
constexpr std::uint64_t kCheckpointsOnDisk = 4;  // newest, previous, before the fall, being written
constexpr std::uint64_t kOperandWays = 2;        // every matrix forwards and backwards
constexpr std::uint64_t kTraceBytesMax = 3 * base::kGiB;  // the trainer's own limit
constexpr std::uint64_t kLogitBytesMax = 256 * base::kMiB;
constexpr std::uint64_t kLargestConversation = 2048;  // tokens, where nobody limits them
constexpr std::uint64_t kProgramBytes = 48 * base::kMiB;
constexpr std::uint64_t kLessonBytes = 4;  // of a token, of which there are fewer than of bytes
constexpr std::uint64_t kBesides = 2 * base::kMiB;  // the curve and its picture

std::uint64_t operand_bytes(const config::Cpu& cpu) {
  return cpu.has("avx512_bf16") ? kFloat / 2 : kFloat;
}

// What one token leaves behind in every layer for the way back.
std::uint64_t trace_bytes_of_token(const gguf::ModelFacts& facts) {
  const std::uint64_t query = std::uint64_t{facts.heads} * facts.key_length;
  std::uint64_t key_heads = 0;
  for (const std::uint32_t heads : facts.heads_kv)
    key_heads = std::max<std::uint64_t>(key_heads, heads);
  const std::uint64_t key = key_heads * facts.key_length;
  const std::uint64_t widths =
      2ULL * facts.embedding + 3 * query + 3 * key + 2ULL * facts.feed_forward;
  return facts.layers * widths * kFloat;
}

std::uint64_t out_bytes_of_parameter(const std::string& type) {
  if (type == "f32") return kFloat;
  return kFloat / 2;  // q8_0 has fewer, but some matrices cannot be cut into blocks
}

}  // namespace

Needs needs_of(const gguf::ModelFacts& facts, const Wishes& wishes, std::uint64_t data_bytes,
               const config::Cpu& cpu) {
  const std::uint64_t context = wishes.context == 0 ? facts.context_trained : wishes.context;
  // A step has one conversation at least.
  const std::uint64_t tokens =
      std::max<std::uint64_t>(wishes.batch_tokens, std::min(context, kLargestConversation));
  const std::uint64_t trace = std::min(tokens * trace_bytes_of_token(facts), kTraceBytesMax);
  const std::uint64_t logits = std::min(tokens * facts.vocabulary * kFloat, kLogitBytesMax);
  Needs needs;
  needs.out_bytes = facts.parameters * out_bytes_of_parameter(wishes.type);
  needs.memory_bytes = facts.parameters * (kRows * kFloat + kOperandWays * operand_bytes(cpu)) +
                       needs.out_bytes + trace + logits + kProgramBytes;
  needs.disk_bytes = facts.parameters * kCheckpointRows * kFloat * kCheckpointsOnDisk +
                     data_bytes * kLessonBytes + needs.out_bytes + kBesides;
  return needs;
}

Result<void> check_memory(const Needs& needs, std::uint64_t available_bytes) {
  if (available_bytes == 0 || needs.memory_bytes <= available_bytes) return {};
  return fail(
      Code::kResourceExhausted,
      fmt::format("this training takes about {} of memory and {} are available; a smaller "
                  "model, --batch-tokens or --context takes less, and `hearth ps` shows "
                  "models that hold memory",
                  base::format_bytes(needs.memory_bytes), base::format_bytes(available_bytes)));
}

Result<void> check_disk(const Needs& needs, std::uint64_t free_bytes, std::uint64_t used_bytes,
                        const std::string& folder) {
  if (needs.disk_bytes <= free_bytes + used_bytes) return {};
  return fail(Code::kResourceExhausted,
              fmt::format("this training takes about {} of disk in '{}' and {} are free there; "
                          "make room, or set HEARTH_HOME to a folder on another disk",
                          base::format_bytes(needs.disk_bytes), folder,
                          base::format_bytes(free_bytes + used_bytes)));
}

}  // namespace hearth::cli::finetune
