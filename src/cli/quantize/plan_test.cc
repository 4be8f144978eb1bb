#include "cli/quantize/plan.h"

#include <filesystem>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "cli/quantize/left_out.h"
#include "gguf/types.h"

namespace hearth::cli::quantize {
namespace {

using ::testing::HasSubstr;

gguf::ModelFacts half_a_billion() {
  gguf::ModelFacts facts;
  facts.parameters = 494'000'000;
  facts.vocabulary = 151'936;
  facts.embedding = 896;
  facts.weight_bytes = 988'000'000;
  return facts;
}

TEST(QuantizePlan, ExpectsALittleMoreThanAFileOfThatTypeHas) {
  // Qwen2.5-0.5B as its authors publish it.
  EXPECT_THAT(expected_bytes(half_a_billion(), *gguf::find_file_type("q4_k_m")),
              ::testing::AllOf(::testing::Gt(360'000'000U), ::testing::Lt(450'000'000U)));
  EXPECT_THAT(expected_bytes(half_a_billion(), *gguf::find_file_type("Q8_0")),
              ::testing::AllOf(::testing::Gt(525'000'000U), ::testing::Lt(620'000'000U)));
  EXPECT_THAT(expected_bytes(half_a_billion(), *gguf::find_file_type("F32")),
              ::testing::AllOf(::testing::Gt(1'976'000'000U), ::testing::Lt(2'050'000'000U)));
}

std::string refusal(const Wishes& wishes) {
  const base::testing::TemporaryFolder folder;
  const auto plan = make_plan(wishes, store::Catalog(folder.path()), store::Aliases::built_in());
  return plan ? "" : plan.error().message;
}

TEST(QuantizePlan, SaysWhichTypesThereAre) {
  EXPECT_THAT(refusal({.model = "m", .type = "q9"}),
              ::testing::AllOf(HasSubstr("no type 'q9'"), HasSubstr("Q4_K_M")));
  EXPECT_THAT(refusal({.model = "m", .type = "iq2_xs"}), HasSubstr("statistics"));
  EXPECT_THAT(refusal({.model = "m", .type = "q4_k_m"}), HasSubstr("no model is called 'm'"));
}

TEST(QuantizePlan, SaysWhatOfTheModelIsNotInItsWeights) {
  store::ModelFile model;
  EXPECT_THAT(left_out_of(model), ::testing::IsEmpty());
  model.adapters = {"/blobs/a"};
  model.projectors = {"/blobs/p"};
  const auto name = *store::ModelName::parse("mario");
  store::Manifest manifest{.name = name, .origin = {name, {}, {}}};
  manifest.directions.system = "Be brief.";
  manifest.directions.parameters = {{"seed", "1"}};
  model.manifest = std::make_shared<const store::Manifest>(manifest);
  const auto left_out = left_out_of(model);
  EXPECT_THAT(left_out, ::testing::ElementsAre("the adapter /blobs/a", "the projector /blobs/p",
                                               "a system message", "parameters"));
  EXPECT_THAT(left_out_text(left_out, "mario:latest", "small"),
              ::testing::AllOf(HasSubstr("the adapter /blobs/a, the"), HasSubstr("FROM small")));
}

}  // namespace
}  // namespace hearth::cli::quantize
