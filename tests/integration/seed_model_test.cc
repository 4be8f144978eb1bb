// Models that `hearth-runner --seed-model` makes, in the real runner and through `hearth run`.
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "places.h"
#include "printed_text.h"
#include "runner_client.h"

namespace hearth::testing {
namespace {

using ::testing::HasSubstr;

constexpr auto kPatience = std::chrono::seconds(60);

constexpr const char* kWithTemplate =
    R"(,"chat_template":")" HEARTH_EMBER_FOLDER R"(/chat_template.jinja")";

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// What it prints is small enough for its pipes.
Outcome run(const std::string& program, std::vector<std::string> arguments,
            const std::string& home = "") {
  process::SpawnOptions options;
  options.program = program;
  options.arguments = std::move(arguments);
  options.environment = {"HEARTH_HOME=" + home, "HEARTH_MODEL_THREADS=1"};
  options.out = process::SpawnOptions::Output::kPipe;
  options.err = process::SpawnOptions::Output::kPipe;
  auto child = process::Child::spawn(options);
  HEARTH_ASSERT(child.has_value());
  Outcome outcome;
  outcome.out = PrintedText(*child->take_stdout()).rest();
  outcome.err = PrintedText(*child->take_stderr()).rest();
  const auto ended = child->wait(kPatience);
  EXPECT_TRUE(ended) << outcome.err;
  if (ended) outcome.code = ended->code;
  return outcome;
}

class SeedModelTest : public ::testing::Test {
 protected:
  Outcome seed(const std::string& family, std::string_view rest) {
    const std::string texts =
        folder_.write("chats.jsonl", R"({"messages":[{"role":"user","content":"a cat and a dog"},)"
                                     R"({"role":"assistant","content":"a cat and a cat"}]})");
    const std::string job =
        fmt::format(R"({{"shape":{{"family":"{}","layers":2,"width":64,"heads":4,"kv_heads":2,)"
                    R"("head_width":16,"hidden":96,"context":512,"vocabulary":320}},)"
                    R"("texts":["{}"],"out":"{}"{}}})",
                    family, texts, model(), rest);
    return run(runner_path(), {"--seed-model", folder_.write("job.json", job)});
  }
  std::string model() const { return folder_.file("seed.gguf"); }

  base::testing::TemporaryFolder folder_;
};

TEST_F(SeedModelTest, HearthRunsWhatItMade) {
  const Outcome made = seed("llama", kWithTemplate);
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_GT(DaemonProcess::number_in(made.out, "parameters"), 70000);
  const DaemonProcess daemon;
  const Outcome ran =
      run(hearth_path(), {"run", model(), "hi", "--max-tokens", "4", "--json"}, daemon.home());
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(R"("finish_reason":)"));
  EXPECT_GT(DaemonProcess::number_in(ran.out, "prompt_tokens"), 5);
}

TEST_F(SeedModelTest, SaysWhatIsWrongWithAJob) {
  const Outcome made = seed("llama", R"(,"sead":1)");
  EXPECT_EQ(made.code, 1);
  EXPECT_EQ(made.out, "");
  EXPECT_THAT(made.err, HasSubstr("sead"));
}

// The marks of calls are tokens of their own here; the weights know nothing of them.
TEST_F(SeedModelTest, CallsTheToolThatItMust) {
  ASSERT_EQ(seed("llama", kWithTemplate).code, 0);
  RunnerClient runner(runner_path());
  const auto loaded = runner.load(model(), {.threads = 1});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->capabilities.tools);
  EXPECT_TRUE(loaded->capabilities.parallel_calls);
  chat::Request request = make_request("Does the cat sleep?", 300);
  request.tools = {{"look", "looks",
                    R"({"type":"object","properties":{"at":{"enum":["cat"]}},)"
                    R"("required":["at"],"additionalProperties":false})"}};
  request.tool_choice = {.kind = chat::ToolChoice::Kind::kRequired};
  request.parallel_tool_calls = false;
  request.sampling.temperature = 1;
  request.sampling.seed = 3;
  runner.generate(1, std::move(request));
  const Answer answer = runner.finish(1);
  ASSERT_FALSE(answer.failed) << answer.failed->message;
  EXPECT_EQ(answer.finished, chat::Finished::Reason::kToolCalls);
  ASSERT_EQ(answer.calls.size(), 1U) << answer.text;
  EXPECT_EQ(answer.calls[0].name, "look");
  EXPECT_THAT(answer.calls[0].arguments, HasSubstr("\"cat\""));
}

class SeedEncoderTest : public SeedModelTest, public ::testing::WithParamInterface<const char*> {
 protected:
  static double likeness(const chat::Embeddings& all, std::size_t one, std::size_t other) {
    double sum = 0;
    for (std::size_t i = 0; i < all.dimensions; ++i)
      sum += all.values[one * all.dimensions + i] * all.values[other * all.dimensions + i];
    return sum;
  }
};

TEST_P(SeedEncoderTest, EmbedsTexts) {
  ASSERT_EQ(seed(GetParam(), "").code, 0);
  RunnerClient runner(runner_path());
  const auto loaded = runner.load(model(), {.threads = 1});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->generates);
  EXPECT_EQ(loaded->embedding_size, 64U);
  runner.send(1, wire::Embed{{"", {"a cat", "a dog", "a cat"}}});
  const auto reply = runner.expect<wire::EmbeddingsReply>(1);
  ASSERT_TRUE(reply.has_value());
  EXPECT_NEAR(likeness(reply->embeddings, 0, 0), 1.0, 1e-4);
  EXPECT_NEAR(likeness(reply->embeddings, 0, 2), 1.0, 1e-4) << "of equal texts";
  EXPECT_LT(likeness(reply->embeddings, 0, 1), 0.999);
}

INSTANTIATE_TEST_SUITE_P(Families, SeedEncoderTest, ::testing::Values("eurobert", "llama-embed"),
                         [](const auto& family) {
                           return std::string(family.param) == "eurobert" ? "Eurobert"
                                                                          : "LlamaEmbed";
                         });

}  // namespace
}  // namespace hearth::testing
