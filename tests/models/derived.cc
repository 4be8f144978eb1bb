#include "derived.h"

#include <algorithm>
#include <filesystem>
#include <span>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/replacement.h"
#include "base/units.h"
#include "gguf/file.h"
#include "header_writer.h"
#include "weights.h"

namespace hearth::models {

namespace {

constexpr std::size_t kFileBytesMax = base::kGiB;
constexpr unsigned kFileMode = 0644;
constexpr std::uint64_t kAdapterSeed = 7;
constexpr std::string_view kAdapted = "attn_output.weight";

std::vector<std::uint64_t> dimensions_of(const gguf::Tensor& tensor) {
  std::vector<std::uint64_t> dimensions(tensor.dimensions.begin(), tensor.dimensions.end());
  while (dimensions.size() > 1 && dimensions.back() == 1)
    dimensions.pop_back();
  return dimensions;
}

void append_data(std::string& into, std::string_view data) {
  into += data;
  into.append(padding_after(data.size()), '\0');
}

std::string part_name(const std::string& path, std::uint16_t part, std::uint16_t parts) {
  return fmt::format("{}-{:05}-of-{:05}.gguf", std::filesystem::path(path).stem().string(),
                     part + 1, parts);
}

}  // namespace

Result<std::vector<std::string>> divide_model(const std::string& path, const std::string& folder,
                                              std::uint16_t parts) {
  const gguf::File file = HEARTH_TRY(gguf::File::load(path));
  const std::string bytes = HEARTH_TRY(base::load_text_file(path, kFileBytesMax));
  const std::span<const gguf::Tensor> tensors = file.tensors();
  const std::size_t each = (tensors.size() + parts - 1) / parts;
  std::vector<std::string> paths;
  for (std::uint16_t part = 0; part < parts; ++part) {
    HeaderWriter header;
    if (part == 0) {
      for (const auto& [key, value] : file.metadata())
        header.add_value(key, value);
    }
    header.add_u16("split.no", part);
    header.add_u16("split.count", parts);
    header.add_i32("split.tensors.count", static_cast<std::int32_t>(tensors.size()));
    std::string data;
    const std::size_t begin = std::min(part * each, tensors.size());
    const std::size_t end = std::min(begin + each, tensors.size());
    for (std::size_t i = begin; i < end; ++i) {
      header.add_tensor(tensors[i].name, dimensions_of(tensors[i]), tensors[i].type);
      append_data(data, std::string_view(bytes).substr(tensors[i].offset, tensors[i].bytes));
    }
    paths.push_back(folder + "/" + part_name(path, part, parts));
    HEARTH_TRY(base::replace_file(paths.back(), header.finish() + data, kFileMode));
  }
  return paths;
}

Result<void> write_adapter(const std::string& model_path, const std::string& out, float factor) {
  const gguf::File file = HEARTH_TRY(gguf::File::load(model_path));
  HeaderWriter header;
  header.add_value("general.architecture", *file.find("general.architecture"));
  header.add_text("general.type", "adapter");
  header.add_text("adapter.type", "lora");
  header.add_f32("adapter.lora.alpha", factor);
  std::string data;
  Weights weights(kAdapterSeed);
  for (const gguf::Tensor& tensor : file.tensors()) {
    if (!tensor.name.ends_with(kAdapted)) continue;
    const std::uint64_t from = tensor.dimensions[0];
    const std::uint64_t to = tensor.dimensions[1];
    header.add_tensor(tensor.name + ".lora_a", {from, 1}, gguf::TensorType::kF32);
    header.add_tensor(tensor.name + ".lora_b", {1, to}, gguf::TensorType::kF32);
    for (const std::uint64_t elements : {from, to}) {
      std::string numbers;
      weights.append(numbers, gguf::TensorType::kF32, elements, 1.0F);
      append_data(data, numbers);
    }
  }
  return base::replace_file(out, header.finish() + data, kFileMode);
}

}  // namespace hearth::models
