#include "train/model_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unordered_set>

#include <fmt/format.h>
#include <ggml.h>
#include <unistd.h>

#include "train/gguf_keys.h"

namespace hearth::train {

namespace {

constexpr const char* kRopeFactors = "rope_freqs.weight";
constexpr std::array kFamilies = {"llama", "qwen2", "qwen3", "llama-embed"};

Failure cannot_train(const std::string& why) {
  return fail(Code::kUnimplemented, "this model cannot be trained: " + why);
}

std::size_t count_of(const gguf_context* file, std::int64_t tensor) {
  const std::int64_t* sides = gguf_get_tensor_ne(file, tensor);
  return static_cast<std::size_t>(sides[0] * sides[1] * sides[2] * sides[3]);
}

}  // namespace

std::optional<OutType> find_out_type(std::string_view name) {
  if (name == "f32") return OutType::kF32;
  if (name == "f16") return OutType::kF16;
  if (name == "q8_0") return OutType::kQ8_0;
  return std::nullopt;
}

Result<std::unique_ptr<ModelFile>> ModelFile::open(const std::string& path) {
  Fd fd = HEARTH_TRY(base::open_for_reading(path));
  File file(gguf_init_from_file(path.c_str(), {.no_alloc = true, .ctx = nullptr}));
  if (!file) return fail(Code::kCorrupt, "'" + path + "' is no model file (GGUF)");
  std::unique_ptr<ModelFile> model(new ModelFile(std::move(file), std::move(fd)));
  HEARTH_TRY(model->read_shape());
  HEARTH_TRY(model->check_tensors());
  return model;
}

bool ModelFile::has(const std::string& tensor) const {
  return gguf_find_tensor(file_.get(), tensor.c_str()) >= 0;
}

Result<void> ModelFile::read_shape() {
  const GgufKeys keys(file_.get());
  const std::string family = HEARTH_TRY(keys.text("general.architecture", ""));
  if (std::find(kFamilies.begin(), kFamilies.end(), family) == kFamilies.end())
    return cannot_train("its architecture is '" + family + "'");
  shape_.family = family;
  const std::string prefix = family + ".";
  shape_.layers = HEARTH_TRY(keys.number(prefix + "block_count"));
  shape_.width = HEARTH_TRY(keys.number(prefix + "embedding_length"));
  shape_.hidden = HEARTH_TRY(keys.number(prefix + "feed_forward_length"));
  shape_.heads = HEARTH_TRY(keys.number(prefix + "attention.head_count"));
  shape_.kv_heads = HEARTH_TRY(keys.number(prefix + "attention.head_count_kv", shape_.heads));
  shape_.context = HEARTH_TRY(keys.number(prefix + "context_length"));
  if (shape_.layers == 0 || shape_.heads == 0 || shape_.kv_heads == 0 || shape_.width == 0)
    return fail(Code::kCorrupt, "the model file tells of a model without layers or heads");
  if (shape_.heads % shape_.kv_heads != 0)
    return fail(Code::kCorrupt, "the heads of the model cannot be shared evenly");
  const std::uint32_t usual = shape_.width / shape_.heads;
  shape_.head_width = HEARTH_TRY(keys.number(prefix + "attention.key_length", usual));
  return read_graph(family);
}

Result<void> ModelFile::read_graph(const std::string& family) {
  const GgufKeys keys(file_.get());
  const std::string prefix = family + ".";
  shape_.rope_base = HEARTH_TRY(keys.real(prefix + "rope.freq_base", shape_.rope_base));
  shape_.norm_epsilon =
      HEARTH_TRY(keys.real(prefix + "attention.layer_norm_rms_epsilon", shape_.norm_epsilon));
  const bool encoder = family.ends_with("-embed");
  shape_.looks_both_ways = !HEARTH_TRY(keys.truth(prefix + "attention.causal", !encoder));
  const std::uint32_t head = shape_.head_width;
  if (HEARTH_TRY(keys.number(prefix + "attention.value_length", head)) != head)
    return cannot_train("its values are not as wide as its keys");
  if (head % 2 != 0 || HEARTH_TRY(keys.number(prefix + "rope.dimension_count", head)) != head)
    return cannot_train("only a part of each head knows its position");
  if (HEARTH_TRY(keys.text(prefix + "rope.scaling.type", "none")) != "none")
    return cannot_train("its positions are scaled");
  if (HEARTH_TRY(keys.number(prefix + "expert_count", 0)) != 0)
    return cannot_train("it has experts");
  const std::int64_t embedding = gguf_find_tensor(file_.get(), "token_embd.weight");
  if (embedding < 0) return fail(Code::kCorrupt, "the model file has no 'token_embd.weight'");
  const std::int64_t* sides = gguf_get_tensor_ne(file_.get(), embedding);
  shape_.vocabulary = static_cast<std::uint32_t>(sides[1]);
  shape_.tied = !has("output.weight");
  extras_.attention_biases = has("blk.0.attn_q.bias");
  extras_.head_norms = has("blk.0.attn_q_norm.weight");
  return {};
}

Result<void> ModelFile::check_tensors() {
  const Layout layout(shape_, extras_);
  std::unordered_set<std::string> known;
  for (const NamedPlace& named : layout.places()) {
    known.insert(named.name);
    const std::int64_t tensor = gguf_find_tensor(file_.get(), named.name.c_str());
    if (tensor < 0) return fail(Code::kCorrupt, "the model file has no '" + named.name + "'");
    const std::int64_t* sides = gguf_get_tensor_ne(file_.get(), tensor);
    const auto columns = static_cast<std::int64_t>(named.place.columns);
    const auto rows = static_cast<std::int64_t>(named.place.rows);
    if (sides[0] != columns || sides[1] != rows || sides[2] != 1 || sides[3] != 1) {
      return fail(Code::kCorrupt, fmt::format("the model file's '{}' must be {} by {} numbers",
                                              named.name, columns, rows));
    }
  }
  for (std::int64_t i = 0; i < gguf_get_n_tensors(file_.get()); ++i) {
    const std::string name = gguf_get_tensor_name(file_.get(), i);
    if (name == kRopeFactors) continue;
    if (!known.contains(name)) return cannot_train("it has a tensor '" + name + "'");
  }
  if (has(kRopeFactors))
    rope_factors_ = HEARTH_TRY(read_tensor(kRopeFactors, shape_.head_width / 2));
  return {};
}

Result<std::vector<float>> ModelFile::read_tensor(const std::string& name,
                                                  std::size_t count) const {
  const std::int64_t tensor = gguf_find_tensor(file_.get(), name.c_str());
  if (tensor < 0 || count_of(file_.get(), tensor) != count)
    return fail(Code::kCorrupt, "the model file's '" + name + "' is not as large as it must be");
  std::vector<std::uint8_t> bytes(gguf_get_tensor_size(file_.get(), tensor));
  const std::size_t begin =
      gguf_get_data_offset(file_.get()) + gguf_get_tensor_offset(file_.get(), tensor);
  for (std::size_t done = 0; done < bytes.size();) {
    const ::ssize_t got = ::pread(fd_.get(), bytes.data() + done, bytes.size() - done,
                                  static_cast<::off_t>(begin + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(base::errno_error(errno, "cannot read the model file"));
    if (got == 0) return fail(Code::kCorrupt, "the model file ends within '" + name + "'");
    done += static_cast<std::size_t>(got);
  }
  std::vector<float> numbers(count);
  const ggml_type type = gguf_get_tensor_type(file_.get(), tensor);
  if (type == GGML_TYPE_F32) {
    std::copy_n(reinterpret_cast<const float*>(bytes.data()), count, numbers.data());
    return numbers;
  }
  const ggml_to_float_t to_float = ggml_get_type_traits(type)->to_float;
  if (to_float == nullptr) return cannot_train("'" + name + "' is of a type without numbers");
  to_float(bytes.data(), numbers.data(), static_cast<std::int64_t>(count));
  return numbers;
}

Result<void> ModelFile::read_weights(const Layout& layout, float* weights) const {
  for (const NamedPlace& named : layout.places()) {
    const auto numbers = HEARTH_TRY(read_tensor(named.name, named.place.size()));
    std::copy(numbers.begin(), numbers.end(), weights + named.place.begin);
  }
  return {};
}

}  // namespace hearth::train
