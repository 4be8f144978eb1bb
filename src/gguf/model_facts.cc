#include "gguf/model_facts.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "base/utf8.h"
#include "gguf/header_reader.h"
#include "gguf/metadata_reader.h"
#include "gguf/model_parts.h"

namespace hearth::gguf {

namespace {

Failure not_a_model(const File& file, const std::string& what) {
  return fail(Code::kInvalidArgument, fmt::format("'{}' {}", file.name(), what), file.name());
}

// Files in the same format that are something else.
Result<void> check_kind(const File& file, const MetadataReader& reader,
                        const std::string& architecture) {
  const auto kind = HEARTH_TRY(reader.text("general.type")).value_or("model");
  if (kind == "adapter") {
    return not_a_model(file, "is an adapter, which only works with the model it was made for");
  }
  if (architecture == "clip" || kind == "mmproj") {
    return not_a_model(file, "is the image or audio part of a model; name the model itself");
  }
  if (kind == "imatrix") {
    return not_a_model(file, "holds statistics for quantising, not a model");
  }
  return {};
}

void sum_tensors(const File& file, ModelFacts& facts) {
  for (const Tensor& tensor : file.tensors()) {
    facts.parameters += tensor.elements;
    facts.weight_bytes += tensor.bytes;
    facts.bytes_by_type[std::string(facts_of(tensor.type).name)] += tensor.bytes;
  }
}

std::string quantisation_of(const File& file, const ModelFacts& facts) {
  const Value* number = file.find("general.file_type");
  const auto known = number == nullptr ? std::nullopt : number->as_unsigned();
  const std::string_view name = known ? file_type_name(*known) : std::string_view{};
  if (!name.empty()) return std::string(name);
  const auto most = std::max_element(
      facts.bytes_by_type.begin(), facts.bytes_by_type.end(),
      [](const auto& left, const auto& right) { return left.second < right.second; });
  return most == facts.bytes_by_type.end() ? "" : most->first;
}

Result<ModelFacts> facts_of_files(std::span<const File> files) {
  const File& file = files.front();
  ModelFacts facts;
  const MetadataReader general(file, "");
  const auto architecture = HEARTH_TRY(general.text("general.architecture"));
  if (!architecture || architecture->empty()) {
    return general.contradiction("it does not say its architecture");
  }
  HEARTH_TRY(check_kind(file, general, *architecture));
  facts.architecture = base::repair_utf8(*architecture);
  facts.name = base::repair_utf8(HEARTH_TRY(general.text("general.name")).value_or(""));
  facts.licence = base::repair_utf8(HEARTH_TRY(general.text("general.license")).value_or(""));
  HEARTH_TRY(read_split(file, facts));
  facts.split.parts_read = static_cast<std::uint32_t>(files.size());
  if (file.tensors().empty() && facts.split.parts == 1) {
    return not_a_model(file, "holds no weights; it may be a vocabulary. Name a whole model");
  }
  const MetadataReader reader(file, *architecture);
  HEARTH_TRY(read_geometry(reader, facts));
  HEARTH_TRY(read_tokenizer(reader, facts));
  for (const File& each : files) {
    if (each.find_tensor("position_embd.weight") != nullptr) facts.has_position_table = true;
    sum_tensors(each, facts);
  }
  facts.quantisation = quantisation_of(file, facts);
  // The tensors of a split model stand in any of its parts.
  if (facts.split.parts == files.size()) HEARTH_TRY(check_tensors(files, reader, facts));
  return facts;
}

}  // namespace

Result<ModelFacts> ModelFacts::from(const File& file) {
  return facts_of_files({&file, 1});
}

Result<ModelFacts> ModelFacts::from(std::span<const File> files) {
  assert(!files.empty());
  ModelFacts facts;
  HEARTH_TRY(read_split(files.front(), facts));
  HEARTH_TRY(check_parts(files, facts));
  return facts_of_files(files);
}

Result<void> check_loadable(const ModelFacts& facts, const std::string& name) {
  if (facts.split.parts > facts.split.parts_read) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is the first of {} files of one model; join them with "
                            "`llama-gguf-split --merge FIRST_FILE JOINED_FILE`",
                            name, facts.split.parts),
                name);
  }
  // llama.cpp aborts at the first text that it is to turn into tokens.
  if (facts.tokenizer_model == "none" || facts.tokenizer_model == "no_vocab") {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' has no vocabulary, so it cannot read text", name), name);
  }
  return {};
}

}  // namespace hearth::gguf
