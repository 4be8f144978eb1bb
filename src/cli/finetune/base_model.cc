#include "cli/finetune/base_model.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/fd.h"
#include "cli/model_choice.h"
#include "gguf/file.h"
#include "store/digest.h"

namespace hearth::cli::finetune {

namespace {

constexpr std::array<std::string_view, 3> kArchitectures = {"llama", "qwen2", "qwen3"};
constexpr std::array<std::string_view, 3> kWhole = {"F32", "F16", "BF16"};
constexpr double kMillion = 1e6;
constexpr double kThousand = 1e3;

}  // namespace

std::string count_text(std::uint64_t parameters) {
  const auto count = static_cast<double>(parameters);
  if (count >= kMillion) return fmt::format("{:.1f} million", count / kMillion);
  return fmt::format("{:.0f} thousand", count / kThousand);
}

bool is_quantised(const gguf::ModelFacts& facts) {
  return std::any_of(facts.bytes_by_type.begin(), facts.bytes_by_type.end(), [](const auto& type) {
    return std::find(kWhole.begin(), kWhole.end(), type.first) == kWhole.end();
  });
}

Result<BaseModel> find_base(const std::string& word, const store::Catalog& catalog) {
  const std::string name = HEARTH_TRY(named_model(word));
  BaseModel base{HEARTH_TRY(catalog.find_model(name)), {}};
  const Fd file = HEARTH_TRY(base::open_for_reading(base.file.path));
  HEARTH_TRY(store::check_digest(base.file, file));
  const auto header = HEARTH_TRY(gguf::File::load(file.get(), base.file.path));
  base.facts = HEARTH_TRY(gguf::ModelFacts::from(header));
  HEARTH_TRY(gguf::check_loadable(base.facts, base.file.name));
  HEARTH_TRY(check_trainable(base.facts, base.file.name));
  return base;
}

Result<void> check_trainable(const gguf::ModelFacts& facts, const std::string& name) {
  const bool is_known = std::find(kArchitectures.begin(), kArchitectures.end(),
                                  facts.architecture) != kArchitectures.end();
  if (!is_known || facts.is_encoder || facts.experts > 0) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' cannot be trained: its architecture is {}{}, and Hearth trains "
                            "llama, qwen2 and qwen3 without experts",
                            name, facts.architecture, facts.experts > 0 ? " with experts" : ""));
  }
  if (facts.parameters > kParametersMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' has {} parameters; Hearth trains all of them on the CPU, which "
                            "is bearable up to half a billion (0.5B). Begin with a smaller model",
                            name, count_text(facts.parameters)));
  }
  return {};
}

}  // namespace hearth::cli::finetune
