#include "fleet/fit/ranking.h"

#include <gmock/gmock.h>

#include "base/units.h"

namespace hearth::fleet {
namespace {

using base::kGiB;
using base::kMiB;
using ::testing::ElementsAre;

constexpr std::uint64_t kMillion = 1'000'000;

Candidate model(const std::string& name, std::uint64_t weight_bytes) {
  Candidate candidate{.name = name};
  gguf::ModelFacts& facts = candidate.facts;
  facts.layers = 32;
  facts.embedding = 4096;
  facts.heads = 32;
  facts.key_length = facts.value_length = 128;
  facts.heads_kv.assign(32, 8);
  facts.feed_forward = 14336;
  facts.vocabulary = 32000;
  facts.context_trained = 32768;
  facts.chat_template = "t";
  facts.weight_bytes = weight_bytes;
  facts.parameters = weight_bytes / kMiB * kMillion;
  candidate.size_bytes = weight_bytes;
  candidate.load.context = 4096;
  return candidate;
}

Candidate encoder(const std::string& name) {
  Candidate candidate = model(name, 100 * kMiB);
  candidate.facts.is_encoder = true;
  candidate.facts.context_trained = 512;
  return candidate;
}

Machine host_with(std::uint64_t available, std::uint64_t held = 0) {
  return {{{"memory", DeviceKind::kHost, available, held}}};
}

std::vector<std::string> names(const std::vector<RankedModel>& models) {
  std::vector<std::string> names;
  for (const RankedModel& model : models)
    names.push_back(model.name);
  return names;
}

TEST(Ranking, PutsTheLargestThatFitsFirst) {
  const std::vector<Candidate> candidates = {encoder("embeds"),        model("small", kGiB),
                                             model("good", 4 * kGiB),  model("tight", 8 * kGiB),
                                             model("huge", 40 * kGiB), model("close", 6 * kGiB)};
  const auto ranked = rank(candidates, host_with(8 * kGiB, 4 * kGiB));
  EXPECT_THAT(names(ranked), ElementsAre("good", "small", "close", "tight", "huge", "embeds"));
  EXPECT_EQ(ranked[0].fit.verdict, Verdict::kFits);
  EXPECT_EQ(ranked[2].fit.verdict, Verdict::kFitsSmaller);
  EXPECT_EQ(ranked[3].fit.verdict, Verdict::kTight);
  EXPECT_EQ(ranked[4].fit.verdict, Verdict::kDoesNotFit);
  EXPECT_EQ(ranked[5].fit.context, 512U) << "it was trained for no more";
}

TEST(Ranking, SaysThatMoreIsAskedForThanAModelWasTrainedFor) {
  std::vector<Candidate> candidates = {model("short", 4 * kGiB), model("long", kGiB)};
  candidates[0].facts.context_trained = 2048;
  for (Candidate& candidate : candidates)
    candidate.asked = candidate.load.context = 4096;
  const auto ranked = rank(candidates, host_with(8 * kGiB));
  EXPECT_THAT(names(ranked), ElementsAre("long", "short"));
  EXPECT_EQ(ranked[0].fit.verdict, Verdict::kFits);
  EXPECT_EQ(ranked[1].fit.verdict, Verdict::kFitsSmaller);
  EXPECT_EQ(ranked[1].fit.context, 2048U);
  EXPECT_EQ(ranked[1].context_trained, 2048U);
  for (Candidate& candidate : candidates)
    candidate.asked = 0;
  EXPECT_EQ(rank(candidates, host_with(8 * kGiB))[0].name, "short") << "it has all it can have";
}

TEST(Ranking, PutsWhatIsInstalledBeforeItsEqual) {
  std::vector<Candidate> candidates = {model("a", kGiB), model("b", kGiB)};
  candidates[1].installed = true;
  EXPECT_THAT(names(rank(candidates, host_with(8 * kGiB))), ElementsAre("b", "a"));
}

TEST(Ranking, PutsWhatIsNearerToFittingFirst) {
  const std::vector<Candidate> candidates = {model("far", 80 * kGiB), model("near", 20 * kGiB)};
  EXPECT_THAT(names(rank(candidates, host_with(8 * kGiB))), ElementsAre("near", "far"));
}

}  // namespace
}  // namespace hearth::fleet
