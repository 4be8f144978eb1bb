// An encoder that is taught pairs by the real `hearth-runner --train`, and then finds, through the
// real runner, texts that say the same in other words.
#include <csignal>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "places.h"
#include "runner_client.h"
#include "talker.h"

namespace hearth::testing {
namespace {

using ::testing::HasSubstr;

struct Saying {
  std::string query;
  std::string document;
};

// Three words, and in another order what they are called elsewhere.
class Sayings {
 public:
  explicit Sayings(unsigned seed) : random_(seed) {}
  Saying next() {
    constexpr const char* kHere[] = {"ba", "ce", "di", "fo", "gu", "ha", "je", "ki",
                                     "lo", "mu", "na", "pe", "ri", "so", "tu", "wa"};
    constexpr const char* kThere[] = {"erk", "olm", "ust", "arp", "ind", "ont", "ulf", "egg",
                                      "ixt", "amb", "orn", "ult", "esk", "irl", "ang", "opt"};
    const std::size_t a = random_() % 16;
    const std::size_t b = random_() % 16;
    const std::size_t c = random_() % 16;
    return {fmt::format("{} {} {}", kHere[a], kHere[b], kHere[c]),
            fmt::format("{} {} {}", kThere[c], kThere[a], kThere[b])};
  }

 private:
  std::mt19937 random_;
};

class EncoderTrainingTest : public ::testing::Test {
 protected:
  EncoderTrainingTest() {
    std::string lines;
    Sayings sayings(1);
    constexpr int kPairs = 3000;
    for (int i = 0; i < kPairs; ++i) {
      const Saying saying = sayings.next();
      lines += fmt::format(R"({{"query":"{}","document":"{}"}})"
                           "\n",
                           saying.query, saying.document);
    }
    pairs_ = folder_.write("pairs.jsonl", lines);
    const std::string job = fmt::format(
        R"({{"shape":{{"family":"llama-embed","layers":1,"width":64,"heads":2,"kv_heads":1,)"
        R"("head_width":32,"hidden":96,"context":64,"vocabulary":320}},"texts":["{}"],)"
        R"("out":"{}"}})",
        pairs_, folder_.file("seed.gguf"));
    Talker seed({"--seed-model", folder_.write("seed.json", job)});
    EXPECT_EQ(seed.exit_code(), 0);
  }

  std::vector<std::string> training(const std::string& rest) {
    const std::string job = fmt::format(
        R"({{"model":"{}","data":["{}"],"lesson":"pairs","out":"{}","out_type":"q8_0",)"
        R"("work":"{}","batch_tokens":1024,"learning_rate":0.01,"warmup_steps":10,{}}})",
        folder_.file("seed.gguf"), pairs_, out(), folder_.file("work"), rest);
    return {"--train", folder_.write("job.json", job)};
  }
  std::string out() const { return folder_.file("out.gguf"); }

  // How many of so many unseen queries are closest to their own document.
  static std::size_t found(const std::string& model, std::size_t count) {
    RunnerClient runner(runner_path());
    const auto loaded = runner.load(model, {.threads = 1});
    EXPECT_TRUE(loaded) << loaded.error().message;
    EXPECT_FALSE(loaded->generates);
    std::vector<std::string> queries;
    std::vector<std::string> documents;
    Sayings sayings(2);
    for (std::size_t i = 0; i < count; ++i) {
      const Saying saying = sayings.next();
      queries.push_back(saying.query);
      documents.push_back(saying.document);
    }
    const auto asked = vectors(runner, 1, queries);
    const auto known = vectors(runner, 2, documents);
    std::size_t right = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < known.size(); ++k) {
        if (likeness(asked[i], known[k]) > likeness(asked[i], known[best])) best = k;
      }
      right += documents[best] == documents[i] ? 1 : 0;
    }
    return right;
  }

  base::testing::TemporaryFolder folder_;

 private:
  static std::vector<std::vector<float>> vectors(RunnerClient& runner, std::uint32_t request,
                                                 const std::vector<std::string>& texts) {
    runner.send(request, wire::Embed{{"", texts}});
    const auto reply = runner.expect<wire::EmbeddingsReply>(request);
    EXPECT_TRUE(reply.has_value());
    std::vector<std::vector<float>> rows;
    for (std::size_t i = 0; reply && i < texts.size(); ++i) {
      const float* row = reply->embeddings.values.data() + i * reply->embeddings.dimensions;
      rows.emplace_back(row, row + reply->embeddings.dimensions);
    }
    return rows;
  }
  static double likeness(const std::vector<float>& one, const std::vector<float>& other) {
    double sum = 0;
    for (std::size_t i = 0; i < one.size(); ++i)
      sum += static_cast<double>(one[i]) * static_cast<double>(other[i]);
    return sum;
  }

  std::string pairs_;
};

constexpr std::size_t kAsked = 60;

TEST_F(EncoderTrainingTest, TeachesASmallEncoderToFindWhatSaysTheSameInOtherWords) {
  Talker trainer(training(R"("steps":200,"decay_share":0.3)"));
  const std::string first = trainer.line_with(R"("event":"step")");
  EXPECT_GT(Talker::number_in(first, "loss"), 1);
  const std::string last = trainer.last_line();
  ASSERT_EQ(trainer.exit_code(), 0) << last;
  EXPECT_THAT(last, HasSubstr(R"("event":"finished")"));
  EXPECT_LT(Talker::number_in(last, "validation_loss"), 0.5);
  EXPECT_GE(found(out(), kAsked), kAsked * 3 / 4);
  EXPECT_LT(found(folder_.file("seed.gguf"), kAsked), kAsked / 4) << "before it was taught";
}

TEST_F(EncoderTrainingTest, GoesOnFromItsCheckpoint) {
  const auto arguments = training(R"("steps":1000000)");
  Talker trainer(arguments);
  ASSERT_FALSE(trainer.line_with(R"("event":"step","step":3)").empty());
  ASSERT_TRUE(trainer.process().signal(SIGTERM));
  const double step = Talker::number_in(trainer.last_line(), "step");
  EXPECT_GE(step, 3);
  Talker again(arguments);
  EXPECT_EQ(Talker::number_in(again.line_with(R"("event":"started")"), "step"), step);
}

TEST_F(EncoderTrainingTest, SaysWhatIsWrongWithAPair) {
  folder_.write("pairs.jsonl", "{\"query\":\"ba\"}\n");
  Talker trainer(training(R"("steps":1)"));
  const std::string last = trainer.last_line();
  EXPECT_EQ(trainer.exit_code(), 1);
  EXPECT_THAT(last, HasSubstr("pairs.jsonl:1: document"));
}

}  // namespace
}  // namespace hearth::testing
