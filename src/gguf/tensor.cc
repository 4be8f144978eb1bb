#include "gguf/tensor.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

namespace hearth::gguf {

namespace {

// llama.cpp counts in int64.
constexpr std::uint64_t kMaxCount = std::numeric_limits<std::int64_t>::max();

Result<void> read_dimensions(HeaderReader& reader, Tensor& tensor) {
  const std::uint32_t count = HEARTH_TRY(reader.read_u32("a tensor's number of dimensions"));
  if (count > kMaxDimensions) {
    return reader.corrupt(fmt::format("tensor '{}' has {} dimensions, and there are at most {}",
                                      tensor.name, count, kMaxDimensions));
  }
  tensor.elements = 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t size = HEARTH_TRY(reader.read_u64("a tensor's dimension"));
    if (size == 0) {
      return reader.corrupt(fmt::format("tensor '{}' has a dimension of 0", tensor.name));
    }
    if (size > kMaxCount / tensor.elements) {
      return reader.corrupt(
          fmt::format("the dimensions of tensor '{}' multiply beyond any file", tensor.name));
    }
    tensor.dimensions[i] = size;
    tensor.elements *= size;
  }
  return {};
}

Result<void> read_tensor_type(HeaderReader& reader, Tensor& tensor) {
  const std::uint32_t number = HEARTH_TRY(reader.read_u32("a tensor's type"));
  const TensorTypeFacts* facts = find_tensor_type(number);
  if (facts == nullptr) {
    return reader.corrupt(fmt::format("tensor '{}' is of type {}, which this version does not know",
                                      tensor.name, number));
  }
  tensor.type = facts->type;
  if (tensor.dimensions[0] % facts->block_elements != 0) {
    return reader.corrupt(fmt::format("the rows of tensor '{}' have {} elements, and {} needs {}",
                                      tensor.name, tensor.dimensions[0], facts->name,
                                      facts->block_elements));
  }
  const std::uint64_t blocks = tensor.elements / facts->block_elements;
  if (blocks > kMaxCount / facts->block_bytes) {
    return reader.corrupt(fmt::format("tensor '{}' is larger than any file", tensor.name));
  }
  tensor.bytes = blocks * facts->block_bytes;
  return {};
}

Result<Tensor> read_tensor(HeaderReader& reader) {
  Tensor tensor;
  tensor.name = HEARTH_TRY(reader.read_text("a tensor's name", kMaxTensorNameBytes));
  HEARTH_TRY(read_dimensions(reader, tensor));
  HEARTH_TRY(read_tensor_type(reader, tensor));
  tensor.offset = HEARTH_TRY(reader.read_u64("a tensor's offset"));
  return tensor;
}

}  // namespace

Result<std::vector<Tensor>> read_tensors(HeaderReader& reader, std::uint64_t count) {
  std::vector<Tensor> tensors;
  std::unordered_set<std::string> names;
  for (std::uint64_t i = 0; i < count; ++i) {
    Tensor tensor = HEARTH_TRY(read_tensor(reader));
    // llama.cpp reads names up to a zero, so two that differ after it are one for it.
    if (tensor.name.empty() || tensor.name.find('\0') != std::string::npos) {
      return reader.corrupt(fmt::format("tensor {} has no proper name", i));
    }
    if (!names.insert(tensor.name).second) {
      return reader.corrupt(fmt::format("it has two tensors named '{}'", tensor.name));
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Result<void> place_tensors(std::vector<Tensor>& tensors, const DataRegion& region,
                           const HeaderReader& reader) {
  const std::uint64_t available = region.end - region.begin;
  std::uint64_t expected = 0;
  for (Tensor& tensor : tensors) {
    if (tensor.offset % region.alignment != 0) {
      return reader.corrupt(fmt::format("tensor '{}' begins at {}, which is no multiple of {}",
                                        tensor.name, tensor.offset, region.alignment));
    }
    if (tensor.offset > available || tensor.bytes > available - tensor.offset) {
      return reader.corrupt(fmt::format(
          "it is not complete: tensor '{}' ends {} bytes after where the file does", tensor.name,
          tensor.bytes - (available - std::min(available, tensor.offset))));
    }
    if (tensor.offset != expected) {
      return reader.corrupt(fmt::format("tensor '{}' begins at {} and {} was its place",
                                        tensor.name, tensor.offset, expected));
    }
    const std::uint64_t padding =
        (region.alignment - tensor.bytes % region.alignment) % region.alignment;
    expected = tensor.offset + tensor.bytes + padding;
    tensor.offset += region.begin;
  }
  if (available > expected && available - expected > kMaxTailBytes) {
    return reader.corrupt(fmt::format("{} bytes stand behind its last tensor, which belong to none",
                                      available - expected));
  }
  return {};
}

}  // namespace hearth::gguf
