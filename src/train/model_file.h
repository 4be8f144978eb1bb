// The model file that training begins with: how its model is built, its weights as floats, and all
// that is not weights, which goes on unchanged into the file that training ends with.
//
// Families: llama, qwen2, qwen3, llama-embed; see Shape. What a graph of these does not have
// (experts,
//           scaled positions, tensors of other names) is refused by name, not left out.
//
// Ownership: it keeps the file open.
// Threads:   thread-compatible.
// Errors:    kNotFound, kCorrupt; kUnimplemented for a model that cannot be trained.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gguf.h>

#include "base/fd.h"
#include "base/result.h"
#include "train/network/weights.h"
#include "train/shape.h"

namespace hearth::train {

// Matrices of the file that is written; gains and biases are always F32.
enum class OutType : std::uint8_t { kF32, kF16, kQ8_0 };
std::optional<OutType> find_out_type(std::string_view name);  // "f32", "f16", "q8_0"

class ModelFile {
 public:
  static Result<std::unique_ptr<ModelFile>> open(const std::string& path);

  const Shape& shape() const { return shape_; }
  const Extras& extras() const { return extras_; }
  const std::vector<float>& rope_factors() const { return rope_factors_; }

  // REQUIRES: room for layout.size() numbers.
  Result<void> read_weights(const Layout& layout, float* weights) const;
  // The file appears whole or not at all.
  Result<void> write(const Layout& layout, const float* weights, OutType type,
                     const std::string& path) const;

 private:
  struct Freed {
    void operator()(gguf_context* file) const { gguf_free(file); }
  };
  using File = std::unique_ptr<gguf_context, Freed>;

  ModelFile(File file, Fd fd) : file_(std::move(file)), fd_(std::move(fd)) {}
  Result<void> read_shape();
  Result<void> read_graph(const std::string& family);
  Result<void> check_tensors();
  Result<std::vector<float>> read_tensor(const std::string& name, std::size_t count) const;
  bool has(const std::string& tensor) const;

  File file_;
  Fd fd_;
  Shape shape_;
  Extras extras_;
  std::vector<float> rope_factors_;
};

}  // namespace hearth::train
