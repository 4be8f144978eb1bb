#include "fleet/load_plan.h"

#include <memory>

#include <gmock/gmock.h>

namespace hearth::fleet {
namespace {

store::ModelFile directed(store::Directions directions) {
  store::ModelFile model{"mine", "/models/a.gguf", 1000, 5, 7};
  const auto name = store::ModelName::parse("mine");
  store::Manifest manifest{*name, {*name, {}, {}}, {}, {}, std::move(directions)};
  model.manifest = std::make_shared<const store::Manifest>(std::move(manifest));
  return model;
}

store::ModelFile with_parameter(const std::string& name, const std::string& value) {
  store::Directions directions;
  directions.parameters = {{name, value}};
  return directed(std::move(directions));
}

TEST(LoadPlan, OfAPlainFileIsWhatTheSettingsSay) {
  wire::Load settings;
  settings.context = 4096;
  const LoadPlan plan = plan_load(settings, {"mine", "/models/a.gguf", 1000, 5, 7});
  EXPECT_EQ(plan.load.context, 4096U);
  EXPECT_EQ(plan.load.model, "mine");
  EXPECT_EQ(plan.variant, "");
  EXPECT_TRUE(plan.parts.empty());
}

TEST(LoadPlan, WhatIsSaidOfOneModelGoesBeforeWhatIsSaidOfAll) {
  wire::Load settings;
  settings.context = 4096;
  settings.kv_tokens = 8192;
  settings.chat_template = "{{ everybodys }}";
  store::Directions directions;
  directions.chat_template = "{{ messages }}";
  directions.parameters = {{"num_ctx", "16384"}, {"num_thread", "3"}, {"num_gpu", "0"}};
  const LoadPlan plan = plan_load(settings, directed(directions));
  EXPECT_EQ(plan.load.context, 16384U);
  EXPECT_EQ(plan.load.kv_tokens, 16384U) << "a request of that length has to fit";
  EXPECT_EQ(plan.load.threads, 3U);
  EXPECT_EQ(plan.load.gpu_layers, 0);
  EXPECT_EQ(plan.load.chat_template, "{{ messages }}");
}

TEST(LoadPlan, HasOneNameForOneWayToLoadAFile) {
  const wire::Load settings;
  const std::string variant = plan_load(settings, with_parameter("num_ctx", "512")).variant;
  EXPECT_NE(variant, "");
  EXPECT_EQ(variant, plan_load(settings, with_parameter("num_ctx", "512")).variant);
  EXPECT_NE(variant, plan_load(settings, with_parameter("num_ctx", "513")).variant);
  store::ModelFile adapted{"mine", "/models/a.gguf", 1000, 5, 7};
  adapted.adapters = {"/models/b.gguf"};
  EXPECT_NE(plan_load(settings, adapted).variant, "");
}

TEST(LoadPlan, WhatOnlyRequestsAskForNeedsNoOtherRunner) {
  store::Directions directions;
  directions.system = "Be brief.";
  directions.parameters = {{"temperature", "0"}, {"stop", "x"}};
  EXPECT_EQ(plan_load({}, directed(directions)).variant, "");
}

TEST(LoadPlan, ValuesThatCannotBeChangeNothing) {
  for (const char* value : {"", "x", "0", "-5", "1e9", "99999999999999999999", "12 "}) {
    EXPECT_EQ(plan_load({}, with_parameter("num_ctx", value)).variant, "") << value;
    EXPECT_EQ(plan_load({}, with_parameter("num_thread", value)).variant, "") << value;
  }
}

TEST(LoadPlan, ADividedModelIsReadWhole) {
  store::ModelFile model{"mine", "/models/a-1.gguf", 1000, 5, 7};
  model.more_parts = {"/models/a-2.gguf", "/models/a-3.gguf"};
  const LoadPlan plan = plan_load({}, model);
  EXPECT_THAT(plan.parts,
              testing::ElementsAre("/models/a-1.gguf", "/models/a-2.gguf", "/models/a-3.gguf"));
  EXPECT_EQ(plan.variant, "") << "there is no other way to load it";
}

}  // namespace
}  // namespace hearth::fleet
