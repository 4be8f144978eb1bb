#include "model_writer.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"
#include "header_writer.h"
#include "vocabulary.h"
#include "weights.h"

namespace hearth::models {

namespace {

constexpr std::uint32_t kQuantizationVersion = 2;
constexpr std::uint32_t kMeanPooling = 1;
constexpr std::uint32_t kFirstTokenPooling = 2;
constexpr std::uint32_t kSlidingWindow = 64;  // of three layers in four
constexpr std::size_t kWriteBytes = 1 << 20;
// Small beside what the layers add, so that the next token depends on the context and not only
// on the last one.
constexpr float kEmbeddingSpread = 0.02F;
constexpr float kBiasSpread = 0.02F;

void add_model_keys(HeaderWriter& header, const Order& order, std::uint32_t vocabulary) {
  const Shape& shape = *order.shape;
  const std::string architecture(architecture_of(shape.family));
  const auto key = [&architecture](std::string_view name) {
    return fmt::format("{}.{}", architecture, name);
  };
  header.add_text("general.architecture", architecture);
  header.add_text("general.type", "model");
  header.add_text("general.name", fmt::format("random {}", shape.name));
  header.add_u32("general.file_type", static_cast<std::uint32_t>(order.file_type));
  header.add_u32("general.quantization_version", kQuantizationVersion);
  header.add_u32(key("block_count"), shape.layers);
  header.add_u32(key("context_length"), shape.context);
  header.add_u32(key("embedding_length"), shape.embedding);
  header.add_u32(key("feed_forward_length"), shape.feed_forward);
  header.add_u32(key("attention.head_count"), shape.heads);
  if (shape.family == Family::kMamba) {
    header.add_f32(key("attention.layer_norm_rms_epsilon"), shape.epsilon);
    header.add_u32(key("ssm.conv_kernel"), kConvolution);
    header.add_u32(key("ssm.inner_size"), 2 * shape.embedding);
    header.add_u32(key("ssm.state_size"), kStateSize);
    header.add_u32(key("ssm.time_step_rank"), kTimeStepRank);
  } else if (is_encoder(shape.family)) {
    header.add_bool(key("attention.causal"), false);
    header.add_f32(key("attention.layer_norm_epsilon"), shape.epsilon);
    header.add_u32(key("pooling_type"),
                   shape.family == Family::kNomicBert ? kMeanPooling : kFirstTokenPooling);
  } else {
    header.add_u32(key("attention.head_count_kv"), shape.heads_kv);
    const bool plain_norm = shape.family == Family::kCohere2;
    header.add_f32(
        key(plain_norm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"),
        shape.epsilon);
  }
  if (shape.family == Family::kCohere2) {
    header.add_u32(key("attention.sliding_window"), kSlidingWindow);
    header.add_f32(key("logit_scale"), 1.0F);
  }
  if (shape.rope_base > 0.0F) header.add_f32(key("rope.freq_base"), shape.rope_base);
  if (shape.family == Family::kLlama) {
    header.add_u32(key("rope.dimension_count"), shape.embedding / shape.heads);
    header.add_u32(key("vocab_size"), vocabulary);
  }
}

// Collects small pieces and writes them in large ones.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  std::string& pending() { return pending_; }
  Result<void> flush_if_large() { return pending_.size() < kWriteBytes ? Result<void>{} : flush(); }
  Result<void> flush() {
    HEARTH_TRY(base::write_all(fd_, pending_));
    written_ += pending_.size();
    pending_.clear();
    return {};
  }
  std::uint64_t written() const { return written_; }

 private:
  const int fd_;
  std::string pending_;
  std::uint64_t written_ = 0;
};

// Unit variance in gives unit variance out.
float spread_of(const PlannedTensor& tensor) {
  switch (tensor.role) {
    case Role::kEmbedding:
      return kEmbeddingSpread;
    case Role::kSmallBias:
      return kBiasSpread;
    case Role::kMatrix:
      return 1.0F / std::sqrt(static_cast<float>(tensor.dimensions[0]));
    case Role::kNorm:
    case Role::kZeroBias:
    case Role::kDecay:
      break;
  }
  return 0.0F;
}

Result<void> write_constant(Output& output, std::uint64_t elements, float value) {
  for (std::uint64_t i = 0; i < elements; ++i) {
    output.pending().append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return output.flush_if_large();
}

std::optional<float> constant_of(Role role) {
  if (role == Role::kNorm) return 1.0F;
  if (role == Role::kZeroBias) return 0.0F;
  if (role == Role::kDecay) return -1.0F;
  return std::nullopt;
}

Result<void> write_tensor(Output& output, Weights& weights, const PlannedTensor& tensor,
                          gguf::TensorType type) {
  std::uint64_t elements = 1;
  for (const std::uint64_t size : tensor.dimensions)
    elements *= size;
  if (const auto constant = constant_of(tensor.role)) {
    HEARTH_TRY(write_constant(output, elements, *constant));
  } else {
    const gguf::TensorTypeFacts& facts = gguf::facts_of(type);
    const std::uint64_t blocks_at_once = kWriteBytes / facts.block_bytes;
    std::uint64_t blocks = elements / facts.block_elements;
    while (blocks > 0) {
      const std::uint64_t part = std::min(blocks, blocks_at_once);
      weights.append(output.pending(), type, part, spread_of(tensor));
      HEARTH_TRY(output.flush_if_large());
      blocks -= part;
    }
  }
  output.pending().append(padding_after(tensor_bytes(type, elements)), '\0');
  return {};
}

Result<std::uint64_t> write_to(int fd, const Order& order) {
  HeaderWriter header;
  HeaderWriter tokenizer;
  const std::uint32_t vocabulary =
      order.vocabulary_path.empty()
          ? add_small_vocabulary(tokenizer, order.shape->family)
          : HEARTH_TRY(add_vocabulary_of_file(tokenizer, order.vocabulary_path, order.shape->family,
                                              order.chat_template));
  add_model_keys(header, order, vocabulary);
  header.add_keys_of(tokenizer);
  const std::vector<PlannedTensor> tensors = plan_tensors(*order.shape, vocabulary);
  const std::vector<gguf::TensorType> types =
      choose_types(tensors, order.file_type, order.shape->layers);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    header.add_tensor(tensors[i].name, tensors[i].dimensions, types[i]);
  }
  Output output(fd);
  output.pending() = header.finish();
  Weights weights(order.seed);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    HEARTH_TRY(write_tensor(output, weights, tensors[i], types[i]));
  }
  HEARTH_TRY(output.flush());
  return output.written();
}

}  // namespace

Result<std::uint64_t> write_model(const Order& order) {
  const std::string partial = fmt::format("{}.partial.{}", order.out_path, ::getpid());
  const Fd fd(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) {
    return fail(base::errno_error(errno, fmt::format("cannot create '{}'", partial), partial));
  }
  auto written = write_to(fd.get(), order);
  if (written && ::rename(partial.c_str(), order.out_path.c_str()) != 0) {
    written = fail(base::errno_error(errno, fmt::format("cannot create '{}'", order.out_path)));
  }
  if (!written) ::unlink(partial.c_str());
  return written;
}

}  // namespace hearth::models
