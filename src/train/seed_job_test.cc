#include "train/seed_job.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "train/testing/seeds.h"

namespace hearth::train {
namespace {

using ::testing::HasSubstr;

constexpr const char* kShape =
    R"({"family":"llama","layers":1,"width":32,"heads":2,"kv_heads":1,"head_width":16,)"
    R"("hidden":64,"context":128,"vocabulary":400})";
constexpr const char* kChats =
    R"({"messages":[{"role":"user","content":"copycat copycat"}]})"
    "\n\n"
    R"({"messages":[{"role":"user","content":"copycat"},{"role":"assistant","content":"yes"}]})"
    "\n";

std::string shaped(std::string_view rest) {
  return fmt::format(R"("shape":{}{})", kShape, rest);
}

std::string in_template(std::string_view rest) {
  return fmt::format(R"("chat_template":"{}/chat_template.jinja",{})", HEARTH_EMBER_FOLDER, rest);
}

class SeedJob : public ::testing::Test {
 protected:
  // What the job says beside its texts and where to write.
  Result<Seeded> run(std::string_view rest) {
    const std::string texts = folder_.write("chats.jsonl", chats_);
    return seed_model(folder_.write("job.json", fmt::format(R"({{"texts":["{}"],"out":"{}",{}}})",
                                                            texts, folder_.file("m.gguf"), rest)));
  }
  std::unique_ptr<engine::Model> made() const { return testing::load(folder_.file("m.gguf")); }

  std::string chats_ = kChats;
  base::testing::TemporaryFolder folder_;
};

std::size_t count(const engine::Model& model, std::string_view text) {
  return model.tokenize(text, engine::SpecialText::kParsed, engine::SpecialEnds::kNone)
      .value()
      .size();
}

TEST_F(SeedJob, MakesAModelThatKnowsTheWordsOfItsChats) {
  const auto seeded = run(in_template(shaped(R"(,"name":"tiny","seed":7)")));
  ASSERT_TRUE(seeded) << seeded.error().message;
  EXPECT_EQ(seeded->lines, 2U);
  const auto model = made();
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->metadata("general.name"), "tiny");
  EXPECT_THAT(model->chat_template(), HasSubstr("<|im_start|>"));
  EXPECT_EQ(model->vocabulary(), static_cast<std::int32_t>(seeded->shape.vocabulary));
  EXPECT_EQ(count(*model, "copycat"), 1U);
  EXPECT_EQ(count(*model, "<|im_start|>user\ncopycat<|im_end|>\n<|im_start|>assistant\n"), 9U)
      << "and those that its template writes";
}

TEST_F(SeedJob, WithoutATemplateTakesEveryTextOfALine) {
  chats_ = R"({"query":"copycat","near":["copycat",{"x":"copycat"}],"id":12})";
  const auto seeded = run(shaped(""));
  ASSERT_TRUE(seeded) << seeded.error().message;
  EXPECT_EQ(seeded->text_bytes, 21U);
  const auto model = made();
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(count(*model, "copycat"), 1U);
  EXPECT_EQ(model->chat_template(), "");
}

TEST_F(SeedJob, MayHaveItsShapeInAFileAndAnotherSizeOfVocabulary) {
  chats_ += R"({"messages":[{"role":"user","content":"seven purple elephants quietly juggled, )"
            R"(while seven purple elephants quietly juggled"}]})";
  const std::string shape = folder_.write("shape.json", kShape);
  const auto seeded = run(in_template(fmt::format(R"("vocabulary_size":302,"shape":"{}")", shape)));
  ASSERT_TRUE(seeded) << seeded.error().message;
  EXPECT_EQ(seeded->shape.vocabulary, 302U);
  EXPECT_EQ(seeded->shape.width, 32U);
}

TEST_F(SeedJob, MayReadSomeLinesOfATextSpreadEvenly) {
  chats_.clear();
  for (int i = 0; i < 100; ++i)
    chats_ += fmt::format("[\"{}\"]\n\n", i < 50 ? "a" : "bcd");
  const auto seeded = run(shaped(R"(,"lines":10)"));
  ASSERT_TRUE(seeded) << seeded.error().message;
  EXPECT_EQ(seeded->lines, 10U);
  EXPECT_EQ(seeded->text_bytes, 5U + 5U * 3);
}

TEST_F(SeedJob, IsRefusedByTheFieldThatIsWrong) {
  const std::pair<std::string, std::string> wrong[] = {
      {R"("seed":1)", "shape"},
      {shaped(R"(,"vocabulary_size":20)"), "vocabulary_size"},
      {shaped(R"(,"sead":1)"), "sead"},
      {shaped(R"(,"name":1)"), "name"},
      {shaped(R"(,"lines":0)"), "lines"},
      {R"("shape":{"family":"llama"})", "layers"},
      {R"("shape":"nowhere.json")", "nowhere.json"},
      {shaped(R"(,"chat_template":"nowhere.jinja")"), "nowhere.jinja"}};
  for (const auto& [rest, named] : wrong) {
    const auto seeded = run(rest);
    ASSERT_FALSE(seeded) << rest;
    EXPECT_THAT(seeded.error().message, HasSubstr(named));
  }
}

TEST_F(SeedJob, NamesTheLineThatIsNoChat) {
  chats_ += "{\"messages\":[{\"role\":\"bard\"}]}\n";
  const auto seeded = run(in_template(shaped("")));
  ASSERT_FALSE(seeded);
  EXPECT_THAT(seeded.error().message, HasSubstr("chats.jsonl, line 4: messages[0].role"));
}

}  // namespace
}  // namespace hearth::train
