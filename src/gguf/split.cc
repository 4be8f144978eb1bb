#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "gguf/header_reader.h"
#include "gguf/model_parts.h"

namespace hearth::gguf {

namespace {

// llama.cpp reads both numbers as u16.
constexpr std::uint64_t kMaxParts = 0xFFFF;

// Absent for a file that is a whole model; 0 parts say the same.
Result<SplitFacts> split_of(const File& file) {
  const Value* parts = file.find("split.count");
  if (parts == nullptr) return SplitFacts{};
  const Value* part = file.find("split.no");
  const auto count = parts->as_unsigned();
  const auto number = part == nullptr ? std::optional<std::uint64_t>(0) : part->as_unsigned();
  if (!count || !number || *count > kMaxParts || *number >= std::max<std::uint64_t>(*count, 1)) {
    return corrupt_file(file.name(), "the numbers of its parts contradict each other");
  }
  SplitFacts split;
  split.parts = static_cast<std::uint32_t>(std::max<std::uint64_t>(*count, 1));
  split.part = static_cast<std::uint32_t>(*number);
  return split;
}

// Where the first part says how many tensors all have together, that holds.
Result<void> check_tensor_count(std::span<const File> files) {
  const Value* announced = files.front().find("split.tensors.count");
  const auto count = announced == nullptr ? std::nullopt : announced->as_unsigned();
  if (!count) return {};
  std::uint64_t found = 0;
  for (const File& file : files)
    found += file.tensors().size();
  if (found == *count) return {};
  return corrupt_file(
      files.front().name(),
      fmt::format("its parts hold {} tensors and {} were announced", found, *count));
}

}  // namespace

Result<void> read_split(const File& file, ModelFacts& facts) {
  facts.split = HEARTH_TRY(split_of(file));
  if (facts.split.part == 0) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("'{}' is part {} of {} of a model; name the first part", file.name(),
                          facts.split.part + 1, facts.split.parts),
              file.name());
}

Result<void> check_parts(std::span<const File> files, const ModelFacts& facts) {
  if (files.size() != facts.split.parts) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is a model of {} files, and {} were given", files.front().name(),
                            facts.split.parts, files.size()),
                files.front().name());
  }
  for (std::size_t i = 1; i < files.size(); ++i) {
    const SplitFacts split = HEARTH_TRY(split_of(files[i]));
    if (split.part == i && split.parts == facts.split.parts) continue;
    return corrupt_file(files[i].name(),
                        fmt::format("it is part {} of {} and stands where part {} of {} belongs",
                                    split.part + 1, split.parts, i + 1, facts.split.parts));
  }
  return check_tensor_count(files);
}

}  // namespace hearth::gguf
