// Any bytes as a GGUF file: it is read or refused, its facts are made or refused, and what was
// accepted keeps the promises of file.h.

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/utf8.h"
#include "gguf/file.h"
#include "gguf/gguf_bytes_for_test.h"
#include "gguf/memory_estimate.h"
#include "gguf/model_facts.h"
#include "seeds.h"

namespace {

using namespace hearth;

// Every byte of every array is touched, so that a wrong size is seen.
void walk(const gguf::Array& array) {
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (array.element_type() == gguf::ValueType::kString) {
      HEARTH_ASSERT(array.text_at(i).size() <= gguf::kMaxStringBytes);
    } else {
      static_cast<void>(array.unsigned_at(i));
      static_cast<void>(array.real_at(i));
    }
  }
}

void check_promises(const gguf::File& file) {
  std::uint64_t end = file.data_offset();
  for (const gguf::Tensor& tensor : file.tensors()) {
    HEARTH_ASSERT(tensor.offset >= end && tensor.offset % file.alignment() == 0 &&
                  tensor.bytes > 0);
    end = tensor.offset + tensor.bytes;
    HEARTH_ASSERT(end > tensor.offset && end <= file.file_bytes());
  }
  for (const auto& [key, value] : file.metadata()) {
    if (value.as_array() != nullptr) walk(*value.as_array());
  }
}

void check_error(const Error& error) {
  HEARTH_ASSERT(base::is_utf8(error.message) && error.message.size() < 1024);
}

std::vector<std::string> make_seeds() {
  gguf::GgufBytes encoder;
  encoder.text("general.architecture", "bert").u32("bert.block_count", 1);
  encoder.u32("bert.context_length", 4).u32("bert.embedding_length", 8);
  encoder.u32("bert.attention.head_count", 2).f32("bert.attention.layer_norm_epsilon", 0.0F);
  encoder.text("tokenizer.ggml.model", "bert").texts("tokenizer.ggml.tokens", {"a", "b"});
  encoder.u32("tokenizer.ggml.bos_token_id", 0).u32("tokenizer.ggml.seperator_token_id", 1);
  encoder.tensor("token_embd.weight", {8, 2}).tensor("position_embd.weight", {8, 4});
  gguf::GgufBytes recurrent;
  recurrent.text("general.architecture", "mamba").u32("mamba.block_count", 1);
  recurrent.u32("mamba.context_length", 4).u32("mamba.embedding_length", 8);
  recurrent.u32("mamba.ssm.conv_kernel", 4).u32("mamba.ssm.inner_size", 16);
  recurrent.u32("mamba.ssm.state_size", 2).text("tokenizer.ggml.model", "none");
  recurrent.tensor("token_embd.weight", {8, 2});
  return {gguf::small_llama().build(), gguf::small_llama().version(2).build(), encoder.build(),
          recurrent.build(), "GGUF"};
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, make_seeds());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gguf::MemorySource source({reinterpret_cast<const char*>(data), size});
  const auto file = gguf::File::load(source, "fuzz.gguf");
  if (!file) {
    check_error(file.error());
    return 0;
  }
  check_promises(*file);
  const auto facts = gguf::ModelFacts::from(*file);
  if (!facts) {
    check_error(facts.error());
    return 0;
  }
  HEARTH_ASSERT(facts->heads_kv.size() == facts->layers && facts->layers > 0);
  const auto estimate = gguf::estimate_memory(*facts, {});
  HEARTH_ASSERT(estimate.total_bytes() >= estimate.weight_bytes);
  return 0;
}
