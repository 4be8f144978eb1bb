#include "train/seed_model.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <ggml.h>
#include <gguf.h>

#include "base/replacement.h"
#include "train/seed_tensors.h"
#include "train/vocabulary/byte_letters.h"
#include "train/vocabulary/words.h"

namespace hearth::train {

namespace {

constexpr unsigned kMode = 0644;

using Header = std::unique_ptr<gguf_context, void (*)(gguf_context*)>;
using Tensors = std::unique_ptr<ggml_context, void (*)(ggml_context*)>;
using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

constexpr std::uint32_t kMeanPooling = 1;  // of llama.cpp

void add_text(gguf_context* header, const char* key, const std::string& text) {
  if (!text.empty()) gguf_set_val_str(header, key, text.c_str());
}

void add_shape(gguf_context* header, const Shape& shape) {
  const auto key = [&](const char* name) { return shape.family + "." + name; };
  const auto add = [&](const char* name, std::uint32_t number) {
    gguf_set_val_u32(header, key(name).c_str(), number);
  };
  gguf_set_val_str(header, "general.architecture", shape.family.c_str());
  add("block_count", shape.layers);
  add("context_length", shape.context);
  add("embedding_length", shape.width);
  add("feed_forward_length", shape.hidden);
  add("vocab_size", shape.vocabulary);
  add("attention.head_count", shape.heads);
  add("attention.head_count_kv", shape.kv_heads);
  add("attention.key_length", shape.head_width);
  add("attention.value_length", shape.head_width);
  add("rope.dimension_count", shape.head_width);
  gguf_set_val_f32(header, key("rope.freq_base").c_str(), shape.rope_base);
  gguf_set_val_f32(header, key("attention.layer_norm_rms_epsilon").c_str(), shape.norm_epsilon);
  if (!shape.looks_both_ways) return;
  gguf_set_val_bool(header, key("attention.causal").c_str(), false);
  add("pooling_type", kMeanPooling);
}

void add_texts(gguf_context* header, const char* key, const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  pointers.reserve(texts.size());
  for (const std::string& text : texts)
    pointers.push_back(text.c_str());
  gguf_set_arr_str(header, key, pointers.data(), pointers.size());
}

void add_tokens(gguf_context* header, const Vocabulary& vocabulary) {
  std::vector<std::string> texts;
  std::vector<std::int32_t> kinds;
  for (const VocabularyToken& token : vocabulary.tokens) {
    const bool special = token.kind != TokenKind::kNormal;
    texts.push_back(special ? token.bytes : byte_letters(token.bytes));
    kinds.push_back(static_cast<std::int32_t>(token.kind));
  }
  std::vector<std::string> merges;
  for (const TokenPair& pair : vocabulary.merges)
    merges.push_back(texts[pair.left] + " " + texts[pair.right]);
  add_texts(header, "tokenizer.ggml.tokens", texts);
  gguf_set_arr_data(header, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, kinds.data(),
                    kinds.size());
  add_texts(header, "tokenizer.ggml.merges", merges);
}

void add_vocabulary(gguf_context* header, const Vocabulary& vocabulary) {
  gguf_set_val_str(header, "tokenizer.ggml.model", "gpt2");
  gguf_set_val_str(header, "tokenizer.ggml.pre", kSplitName);
  add_tokens(header, vocabulary);
  const std::uint32_t nothing = vocabulary.special(kEndOfText);
  const std::uint32_t turn_end = vocabulary.special(kTurnEnd);
  gguf_set_val_u32(header, "tokenizer.ggml.bos_token_id", nothing);
  gguf_set_val_u32(header, "tokenizer.ggml.padding_token_id", nothing);
  gguf_set_val_u32(header, "tokenizer.ggml.eos_token_id", turn_end);
  gguf_set_val_u32(header, "tokenizer.ggml.eot_token_id", turn_end);
  gguf_set_val_bool(header, "tokenizer.ggml.add_bos_token", false);
  gguf_set_val_bool(header, "tokenizer.ggml.add_eos_token", false);
}

void add_tensors(gguf_context* header, const std::vector<SeedTensor>& tensors) {
  const Tensors room(ggml_init({ggml_tensor_overhead() * tensors.size(), nullptr, true}),
                     &ggml_free);
  for (const SeedTensor& each : tensors) {
    const auto columns = static_cast<std::int64_t>(each.columns);
    const auto rows = static_cast<std::int64_t>(each.rows);
    ggml_tensor* tensor = each.rows == 1
                              ? ggml_new_tensor_1d(room.get(), GGML_TYPE_F32, columns)
                              : ggml_new_tensor_2d(room.get(), GGML_TYPE_F32, columns, rows);
    ggml_set_name(tensor, each.name.c_str());
    gguf_add_tensor(header, tensor);
  }
}

Header make_header(const SeedModel& model, const std::vector<SeedTensor>& tensors) {
  Header header(gguf_init_empty(), &gguf_free);
  add_shape(header.get(), model.shape);
  add_text(header.get(), "general.name", model.name);
  add_text(header.get(), "general.author", model.author);
  add_text(header.get(), "general.license", model.licence);
  add_text(header.get(), "general.description", model.description);
  gguf_set_val_u32(header.get(), "general.file_type", 0);  // all F32
  add_vocabulary(header.get(), model.vocabulary);
  add_text(header.get(), "tokenizer.chat_template", model.chat_template);
  add_tensors(header.get(), tensors);
  return header;
}

bool write_bytes(std::FILE* file, const void* bytes, std::size_t size) {
  return std::fwrite(bytes, 1, size, file) == size;
}

bool write_weights(std::FILE* file, const SeedTensor& tensor, RandomWeights& random) {
  std::vector<float> row(tensor.columns, tensor.mean);
  for (std::uint64_t i = 0; i < tensor.rows; ++i) {
    if (tensor.spread != 0.0F) {
      for (float& weight : row)
        weight = tensor.mean + tensor.spread * random.next();
    }
    if (!write_bytes(file, row.data(), row.size() * sizeof(float))) return false;
  }
  return true;
}

bool write_all(std::FILE* file, const SeedModel& model, const std::vector<SeedTensor>& tensors) {
  const Header header = make_header(model, tensors);
  std::string meta(gguf_get_meta_size(header.get()), '\0');
  gguf_get_meta_data(header.get(), meta.data());
  if (!write_bytes(file, meta.data(), meta.size())) return false;
  RandomWeights random(model.seed);
  const std::size_t alignment = gguf_get_alignment(header.get());
  for (const SeedTensor& tensor : tensors) {
    if (!write_weights(file, tensor, random)) return false;
    const std::size_t over = tensor.elements() * sizeof(float) % alignment;
    const std::string padding(over == 0 ? 0 : alignment - over, '\0');
    if (!write_bytes(file, padding.data(), padding.size())) return false;
  }
  return std::fflush(file) == 0;
}

}  // namespace

Result<std::uint64_t> write_seed_model(const SeedModel& model, const std::string& path) {
  HEARTH_ASSERT(model.shape.vocabulary == model.vocabulary.tokens.size());
  const std::vector<SeedTensor> tensors = seed_tensors(model.shape);
  auto file = HEARTH_TRY(base::Replacement::begin(path, kMode));
  {
    const Stream stream(std::fopen(file.unfinished().c_str(), "wbe"), &std::fclose);
    if (stream == nullptr || !write_all(stream.get(), model, tensors))
      return fail(base::errno_error(errno, "cannot write '" + path + "'"));
  }
  HEARTH_TRY(file.finish());
  std::uint64_t parameters = 0;
  for (const SeedTensor& tensor : tensors)
    parameters += tensor.elements();
  return parameters;
}

}  // namespace hearth::train
