#include "cli/finetune/base_model.h"

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"

namespace hearth::cli::finetune {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

gguf::ModelFacts facts(const std::string& architecture, std::uint64_t parameters) {
  gguf::ModelFacts found;
  found.architecture = architecture;
  found.parameters = parameters;
  return found;
}

std::string refusal(const gguf::ModelFacts& found) {
  const auto checked = check_trainable(found, "it");
  return checked ? "" : checked.error().message;
}

TEST(BaseModel, IsOfAnArchitectureThatTheTrainerKnows) {
  for (const char* known : {"llama", "qwen2", "qwen3"})
    EXPECT_EQ(refusal(facts(known, 1000)), "");
  EXPECT_THAT(refusal(facts("mamba", 1000)),
              AllOf(HasSubstr("'it' cannot be trained"), HasSubstr("mamba")));
  gguf::ModelFacts experts = facts("llama", 1000);
  experts.experts = 8;
  EXPECT_THAT(refusal(experts), HasSubstr("llama with experts"));
  gguf::ModelFacts encoder = facts("llama", 1000);
  encoder.is_encoder = true;
  EXPECT_NE(refusal(encoder), "");
}

TEST(BaseModel, HasHalfABillionParametersAtMost) {
  EXPECT_EQ(refusal(facts("qwen3", 751'632'384)), "");  // Qwen3-0.6B with both its embeddings
  EXPECT_THAT(refusal(facts("llama", 1'235'814'400)), HasSubstr("1235.8 million parameters"));
}

TEST(BaseModel, IsRoundedWhereOneOfItsTypesIs) {
  gguf::ModelFacts found;
  found.bytes_by_type = {{"F16", 10}, {"F32", 10}, {"BF16", 1}};
  EXPECT_FALSE(is_quantised(found));
  found.bytes_by_type["Q4_K"] = 1;
  EXPECT_TRUE(is_quantised(found));
}

TEST(BaseModel, IsLookedForByItsName) {
  const base::testing::TemporaryFolder folder;
  const auto found = find_base("nobody", store::Catalog(folder.path()));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kNotFound);
  folder.write("broken.gguf", "no model");
  EXPECT_EQ(find_base("broken", store::Catalog(folder.path())).error().code, Code::kCorrupt);
}

TEST(BaseModel, HasItsParametersCountedAsPeopleDo) {
  EXPECT_EQ(count_text(494'032'768), "494.0 million");
  EXPECT_EQ(count_text(7'082'240), "7.1 million");
  EXPECT_EQ(count_text(480'300), "480 thousand");
}

}  // namespace
}  // namespace hearth::cli::finetune
