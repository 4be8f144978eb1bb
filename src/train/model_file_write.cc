#include <memory>

#include <ggml.h>

#include "base/replacement.h"
#include "train/model_file.h"

namespace hearth::train {

namespace {

constexpr unsigned kMode = 0644;
constexpr const char* kRopeFactors = "rope_freqs.weight";

struct FreeGgml {
  void operator()(ggml_context* context) const { ggml_free(context); }
};
using Tensors = std::unique_ptr<ggml_context, FreeGgml>;

// llama.cpp's numbers for the type of a file as a whole.
std::uint32_t file_type_number(OutType type) {
  switch (type) {
    case OutType::kF32:
      return 0;
    case OutType::kF16:
      return 1;
    case OutType::kQ8_0:
      return 7;
  }
  return 0;
}

ggml_type matrix_type(OutType type, std::size_t columns) {
  if (type == OutType::kF32) return GGML_TYPE_F32;
  const bool in_blocks = columns % static_cast<std::size_t>(ggml_blck_size(GGML_TYPE_Q8_0)) == 0;
  return type == OutType::kQ8_0 && in_blocks ? GGML_TYPE_Q8_0 : GGML_TYPE_F16;
}

void add_numbers(ggml_context* tensors, gguf_context* file, const NamedPlace& named,
                 const float* numbers, ggml_type type) {
  const auto columns = static_cast<std::int64_t>(named.place.columns);
  const auto rows = static_cast<std::int64_t>(named.place.rows);
  ggml_tensor* tensor = named.is_matrix ? ggml_new_tensor_2d(tensors, type, columns, rows)
                                        : ggml_new_tensor_1d(tensors, type, columns);
  ggml_set_name(tensor, named.name.c_str());
  ggml_quantize_chunk(type, numbers, tensor->data, 0, rows, columns, nullptr);
  gguf_add_tensor(file, tensor);
}

}  // namespace

Result<void> ModelFile::write(const Layout& layout, const float* weights, OutType type,
                              const std::string& path) const {
  const std::size_t tensors = layout.places().size() + 1;
  const std::size_t bytes = (layout.size() + rope_factors_.size()) * sizeof(float) +
                            tensors * (ggml_tensor_overhead() + GGML_MEM_ALIGN);
  const Tensors kept(ggml_init({.mem_size = bytes, .mem_buffer = nullptr, .no_alloc = false}));
  const File file(gguf_init_empty());
  if (!kept || !file) return fail(Code::kOutOfMemory, "not enough memory to write the model");
  gguf_set_kv(file.get(), file_.get());
  gguf_set_val_u32(file.get(), "general.file_type", file_type_number(type));
  for (const NamedPlace& named : layout.places()) {
    const ggml_type written =
        named.is_matrix ? matrix_type(type, named.place.columns) : GGML_TYPE_F32;
    add_numbers(kept.get(), file.get(), named, weights + named.place.begin, written);
  }
  if (!rope_factors_.empty()) {
    const NamedPlace factors{kRopeFactors, {0, 1, rope_factors_.size()}, false};
    add_numbers(kept.get(), file.get(), factors, rope_factors_.data(), GGML_TYPE_F32);
  }
  auto written = HEARTH_TRY(base::Replacement::begin(path, kMode));
  if (!gguf_write_to_file(file.get(), written.unfinished().c_str(), false))
    return fail(Code::kUnavailable, "cannot write '" + path + "'; is there room?");
  return written.finish();
}

}  // namespace hearth::train
