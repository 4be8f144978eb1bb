#include "cli/quantize/plan.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/units.h"
#include "cli/new_name.h"
#include "cli/quantize/left_out.h"
#include "gguf/file.h"
#include "gguf/types.h"
#include "store/pull/part_file.h"

namespace hearth::cli::quantize {

namespace {

namespace fs = std::filesystem;

// Best first. Those that ggml cannot make without statistics of a model's use are not among them.
constexpr std::array<std::string_view, 24> kTypes = {
    "F32",    "F16",    "BF16",   "Q8_0",  "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1",
    "Q5_0",   "Q4_K_M", "Q4_K_S", "Q4_1",  "Q4_0", "IQ4_NL", "IQ4_XS", "Q3_K_L",
    "Q3_K_M", "Q3_K_S", "IQ3_M",  "IQ3_S", "Q2_K", "MXFP4",  "TQ2_0",  "TQ1_0"};
// What a mixture of types takes more than the one it is named for, and norms and the like.
constexpr double kMixtureShare = 1.15;
constexpr double kPlainShare = 1.01;
// Of a token's row, which is rounded less: Q8_0.
constexpr double kTokenBytesEach = 34.0 / 32;

bool is_plain(std::string_view type) {
  return type == "F32" || type == "F16" || type == "BF16";
}

Result<std::uint32_t> find_type(const std::string& word) {
  const auto number = gguf::find_file_type(word);
  if (number) {
    const std::string_view name = gguf::file_type_name(*number);
    if (std::find(kTypes.begin(), kTypes.end(), name) != kTypes.end()) return *number;
    return fail(Code::kInvalidArgument,
                fmt::format("{} needs statistics of how the model is used, which are not made "
                            "here; take one of {}",
                            name, type_names()));
  }
  return fail(Code::kInvalidArgument,
              "there is no type '" + word + "'; take one of " + type_names());
}

Result<gguf::ModelFacts> facts_of(const std::vector<std::string>& files) {
  std::vector<gguf::File> parts;
  for (const std::string& file : files)
    parts.push_back(HEARTH_TRY(gguf::File::load(file)));
  return gguf::ModelFacts::from(parts);
}

bool is_rounded(const gguf::ModelFacts& facts) {
  return std::any_of(facts.bytes_by_type.begin(), facts.bytes_by_type.end(),
                     [](const auto& type) { return !is_plain(type.first); });
}

Result<void> check_type(const Wishes& wishes, const Plan& plan, const gguf::ModelFacts& facts) {
  if (facts.quantisation == plan.type) {
    return fail(Code::kInvalidArgument, fmt::format("'{}' is {} already", plan.source, plan.type));
  }
  if (!is_rounded(facts) || wishes.again) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("the weights of '{}' are rounded already ({}), and rounding them once "
                          "more loses more than rounding the original would; begin with its F16, "
                          "or give --requantize",
                          plan.source, facts.quantisation));
}

// A model's name as a file's: what stands between folders goes, and so does the old type.
std::string name_for(const std::string& source, std::string_view old_type, std::string_view type) {
  std::string name = fs::path(source).filename().string();
  if (name.ends_with(".gguf")) name.resize(name.size() - 5);
  std::replace_if(name.begin(), name.end(), [](char c) { return c == ':' || c == '@'; }, '-');
  const auto lower = [](std::string_view text) {
    std::string word(text);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return word;
  };
  const std::string end = "-" + lower(old_type);
  if (lower(name).ends_with(end)) name.resize(name.size() - end.size());
  return name + "-" + lower(type);
}

Result<std::string> target_of(const Wishes& wishes, const store::Catalog& catalog,
                              const std::string& name) {
  std::error_code error;
  const fs::path path = wishes.out.empty() ? fs::path(catalog.folder()) / (name + ".gguf")
                                           : fs::absolute(wishes.out, error);
  if (error || fs::is_directory(path, error)) {
    return fail(Code::kInvalidArgument, "--out '" + wishes.out + "' names no file");
  }
  if (wishes.out.empty()) fs::create_directories(path.parent_path(), error);
  if (!fs::is_directory(path.parent_path(), error)) {
    return fail(Code::kNotFound,
                "there is no folder '" + path.parent_path().string() + "' to put the model into");
  }
  if (fs::exists(path, error) && !wishes.force) {
    return fail(Code::kAlreadyExists, "'" + path.string() +
                                          "' is there already; choose another --name, or --force "
                                          "to replace it");
  }
  return path.string();
}

Result<void> check_room(const std::string& target, std::uint64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(fs::path(target).parent_path(), error);
  if (error) return {};  // nobody knows; writing will tell
  const std::uint64_t needed = bytes + store::kDiskReserveBytes;
  if (space.available >= needed) return {};
  return fail(Code::kResourceExhausted,
              fmt::format("the result needs about {} and {} are to stay free, but the disk of '{}' "
                          "has {}; free some, or give --out on another disk",
                          base::format_bytes(bytes), base::format_bytes(store::kDiskReserveBytes),
                          target, base::format_bytes(space.available)));
}

}  // namespace

std::string type_names() {
  return fmt::format("{}", fmt::join(kTypes, ", "));
}

std::uint64_t expected_bytes(const gguf::ModelFacts& facts, std::uint32_t type_number) {
  std::string_view type = gguf::file_type_name(type_number);
  const double share = is_plain(type) ? kPlainShare : kMixtureShare;
  const gguf::TensorTypeFacts* most = gguf::find_tensor_type(type);
  // "Q4_K_M" is named for Q4_K.
  if (most == nullptr) most = gguf::find_tensor_type(type.substr(0, type.rfind('_')));
  if (most == nullptr) return facts.weight_bytes;
  const double each = static_cast<double>(most->block_bytes) / most->block_elements * share;
  const double tokens = std::min(static_cast<double>(facts.vocabulary) * facts.embedding,
                                 static_cast<double>(facts.parameters));
  return static_cast<std::uint64_t>(tokens * std::max(each, kTokenBytesEach) +
                                    (static_cast<double>(facts.parameters) - tokens) * each);
}

Result<Plan> make_plan(const Wishes& wishes, const store::Catalog& catalog,
                       const store::Aliases& aliases) {
  Plan plan;
  plan.type_number = HEARTH_TRY(find_type(wishes.type));
  plan.type = gguf::file_type_name(plan.type_number);
  std::error_code error;
  const bool is_file =
      wishes.model.find('/') != std::string::npos && fs::is_regular_file(wishes.model, error);
  const store::ModelFile model = HEARTH_TRY(
      catalog.find_model(is_file ? fs::absolute(wishes.model, error).string() : wishes.model));
  plan.source = model.name;
  plan.left_out = left_out_of(model);
  plan.files = {model.path};
  plan.files.insert(plan.files.end(), model.more_parts.begin(), model.more_parts.end());
  const gguf::ModelFacts facts = HEARTH_TRY(facts_of(plan.files));
  plan.kind = gguf::kind_of(facts);
  plan.source_type = facts.quantisation;
  plan.source_bytes = facts.weight_bytes;
  HEARTH_TRY(check_type(wishes, plan, facts));
  const std::string name =
      wishes.name.empty() ? name_for(model.name, facts.quantisation, plan.type) : wishes.name;
  if (wishes.out.empty()) plan.name = name;
  if (wishes.out.empty()) HEARTH_TRY(check_new_name(name));
  if (wishes.out.empty() && !wishes.force)
    HEARTH_TRY(check_free_name(name, catalog, aliases, "take the name"));
  plan.target = HEARTH_TRY(target_of(wishes, catalog, name));
  if (fs::equivalent(plan.target, model.path, error)) {
    return fail(Code::kAlreadyExists,
                "the result would replace the model it is made of; choose another --name");
  }
  HEARTH_TRY(check_room(plan.target, expected_bytes(facts, plan.type_number)));
  return plan;
}

}  // namespace hearth::cli::quantize
