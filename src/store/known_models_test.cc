#include "store/known_models.h"

#include <set>

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "base/units.h"
#include "gguf/memory_estimate.h"
#include "gguf/model_kind.h"
#include "store/name/aliases.h"

namespace hearth::store {
namespace {

using ::testing::HasSubstr;

const std::string kLine = "m chat 491 494 Q4_K_M 24 896 4864 14 2 64 151936 32768\n";

TEST(KnownModels, AreThoseOfTheBuiltInAliases) {
  std::set<std::string> known;
  for (const KnownModel& model : known_models())
    EXPECT_TRUE(known.insert(model.name).second) << model.name << " is there twice";
  std::set<std::string> aliases;
  for (const Alias& alias : Aliases::built_in().list())
    aliases.insert(alias.name);
  EXPECT_EQ(known, aliases);
}

TEST(KnownModels, HaveSizesThatBelongTogether) {
  for (const KnownModel& model : known_models()) {
    const gguf::ModelFacts& facts = model.facts;
    const double bits =
        8.0 * static_cast<double>(model.file_bytes) / static_cast<double>(facts.parameters);
    EXPECT_GT(bits, facts.quantisation == "Q8_0" ? 8.0 : 4.2) << model.name;
    EXPECT_LT(bits, facts.quantisation == "Q8_0" ? 9.0 : 8.0) << model.name;
    EXPECT_EQ(facts.heads % facts.heads_kv.at(0), 0U) << model.name;
    const auto need = gguf::estimate_memory(facts, {.context_tokens = 512}).total_bytes();
    EXPECT_GT(need, model.file_bytes) << model.name;
    EXPECT_LT(need, model.file_bytes + 1024 * base::kMiB) << model.name;
  }
}

TEST(KnownModels, AreReadFromTheirLines) {
  const auto models = parse_known_models("# heading\n\n  " + kLine);
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->size(), 1U);
  const KnownModel& model = models->front();
  EXPECT_EQ(model.name, "m");
  EXPECT_EQ(model.file_bytes, 491'000'000U);
  EXPECT_EQ(gguf::kind_of(model.facts), gguf::ModelKind::kChat);
  EXPECT_EQ(model.facts.heads_kv, std::vector<std::uint32_t>(24, 2));
  EXPECT_EQ(model.facts.context_trained, 32768U);
}

TEST(KnownModels, RefuseALineThatIsNone) {
  for (const std::string& bad :
       {std::string("m chat 491\n"), "x " + kLine, std::string("m sing 1 1 Q 1 1 1 1 1 1 1 1\n"),
        std::string("m chat 0 1 Q 1 1 1 1 1 1 1 1\n"),
        std::string("m chat 1x 1 Q 1 1 1 1 1 1 1 1\n"),
        std::string("m chat 99999999999 1 Q 1 1 1 1 1 1 1 1\n")}) {
    const auto models = parse_known_models(kLine + bad);
    ASSERT_FALSE(models) << bad;
    EXPECT_THAT(models.error().message, HasSubstr("line 2 "));
  }
}

TEST(KnownModels, AnyTextIsReadOrRefused) {
  EXPECT_TRUE(rc::check("no harm is done", [](const std::string& text) {
    const auto models = parse_known_models(kLine + text);
    RC_ASSERT(!models || !models->empty());
  }));
}

}  // namespace
}  // namespace hearth::store
