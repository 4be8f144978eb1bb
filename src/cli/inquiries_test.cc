// `hearth show`, `hearth fit` and `hearth search` against a scripted daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/cli_fixture.h"

namespace hearth::cli {
namespace {

using cli::testing::Cli;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::Outcome;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSheet =
    R"({"name":"m","kind":"chat","title":"Qwen2.5 7B","architecture":"qwen2",)"
    R"("parameters":7615616512,"quantisation":"Q4_K_M","context":{"trained":32768,)"
    R"("stretched":{"tokens":131072,"original":32768,"factor":4,"method":"yarn",)"
    R"("source":"makers"}},"embedding_size":3584,"layers":28,"heads":28,"key_value_heads":4,)"
    R"("head_size":128,"experts":0,"vocabulary":152064,"tokenizer":"gpt2","capabilities":null,)"
    R"("loaded":false,"licences":["apache-2.0","A long text\nof many lines"],"held_by":"store",)"
    R"("size_bytes":4683073632,"files":[{"role":"model","path":"/models/m.gguf"}],)"
    R"("template":"{{ messages }}","system":"Be \"kind\".",)"
    R"("parameters_set":[{"name":"stop","value":"<|end|>"}],)"
    R"("messages":[{"role":"user","content":"hi"}],"origin":{"name":"hf.co/o/r","revision":"abc"},)"
    R"("memory":[{"context":4096,"kv_type":"f16","total_bytes":5368709120,"verdict":"fits"},)"
    R"({"context":65536,"used":32768,"kv_type":"f16","total_bytes":7516192768,)"
    R"("verdict":"fits_smaller"},)"
    R"({"context":4096,"kv_type":"q8_0","total_bytes":5261334938,"verdict":"tight"}],)"
    R"("fit":{"verdict":"fits_smaller","context":8192,"need_bytes":5583457484,)"
    R"("observed_bytes":0,"devices":[{"name":"memory","available_bytes":8589934592}]}})";

void show_the_sheet(const FakeRequest&, const FakeReply& reply) {
  reply.json(200, kSheet);
}

TEST_F(Cli, ShowSaysWhatAModelIsAndNeeds) {
  answer_with(show_the_sheet);
  const Outcome outcome = run({"show", "m", "--context", "512", "1024"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_THAT(
      outcome.out,
      AllOf(HasSubstr("m (Qwen2.5 7B), chat\n"), HasSubstr("7.6 billion"),
            HasSubstr("32,768 tokens; its makers say 131,072 with YaRN, 4 times 32,768"),
            HasSubstr("28, 4 of keys and values, 128 wide"),
            HasSubstr("known after the first load"),
            HasSubstr("apache-2.0, A long text … (--license shows it)"),
            HasSubstr("/models/m.gguf"), HasSubstr("hf.co/o/r at abc"), HasSubstr("4,096"),
            HasSubstr("65,536   7.0 GiB, fits with 32,768 tokens"), HasSubstr("5.0 GiB, fits  "),
            HasSubstr("4.9 GiB, tight"),
            HasSubstr("Here it fits with 8,192 tokens: with 8,192 tokens it takes 5.2 GiB, and "
                      "8.0 GiB are available.")));
  ASSERT_EQ(daemon_->requests().size(), 1U);
  EXPECT_EQ(daemon_->requests()[0].line, "POST /hearth/v1/models/show");
  EXPECT_EQ(daemon_->requests()[0].body, R"({"model":"m","contexts":[512,1024]})");
}

TEST_F(Cli, ShowPrintsThePartThatIsAskedFor) {
  answer_with(show_the_sheet);
  EXPECT_EQ(run({"show", "m", "--json"}).out, std::string(kSheet) + "\n");
  EXPECT_EQ(run({"show", "m", "--template"}).out, "{{ messages }}\n");
  EXPECT_EQ(run({"show", "m", "--system"}).out, "Be \"kind\".\n");
  EXPECT_EQ(run({"show", "m", "--parameters"}).out, "stop <|end|>\n");
  EXPECT_EQ(run({"show", "m", "--license"}).out, "apache-2.0\nA long text\nof many lines\n");
  EXPECT_EQ(run({"show", "m", "--modelfile"}).out,
            "FROM m\nTEMPLATE {{ messages }}\nSYSTEM Be \"kind\".\nPARAMETER stop <|end|>\n"
            "MESSAGE user hi\nLICENSE apache-2.0\nLICENSE \"A long text\nof many lines\"\n");
  EXPECT_EQ(run({"show", "m", "--json", "--system"}).code, 2);
  EXPECT_EQ(run({"show"}).code, 2);
  EXPECT_EQ(run({"show", "m", "--context", "0"}).code, 2);
}

TEST_F(Cli, ShowSaysLittleOfLittle) {
  answer_with([](const FakeRequest&, const FakeReply& reply) { reply.json(200, "{}"); });
  EXPECT_EQ(run({"show", "m"}).code, 0);
  const Outcome outcome = run({"show", "m", "--system"});
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.notices, HasSubstr("says nothing"));
}

TEST_F(Cli, ShowOfNoModelFails) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(404, R"({"error":{"message":"no model is called 'm'"}})");
  });
  const Outcome outcome = run({"show", "m"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notices, HasSubstr("no model is called 'm'"));
}

TEST_F(Cli, FitListsModelsAndHowToGetThem) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(
        200,
        R"({"context":2048,"devices":[{"name":"memory","available_bytes":8589934592}],"models":[)"
        R"({"name":"a","kind":"chat","parameters":494032768,"size_bytes":491400032,)"
        R"("verdict":"fits","context":2048,"need_bytes":629145600,"installed":true},)"
        R"({"name":"b","kind":"chat","parameters":32763876352,"size_bytes":19851336000,)"
        R"("verdict":"does_not_fit","context":2048,"need_bytes":21474836480,)"
        R"("get":"hearth pull b"},)"
        R"({"name":"c","kind":"embedding","parameters":137000000,"verdict":"fits_smaller",)"
        R"("context":1024,"get":"hearth pull c"}],"unread":["d"]})");
  });
  const Outcome outcome = run({"fit", "--context", "2048"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("MODELS THAT WRITE"), HasSubstr("494 million   468.6 MiB"),
                    HasSubstr("2,048    600.0 MiB  fits          installed"),
                    HasSubstr("does not fit  hearth pull b"),
                    HasSubstr("MODELS THAT EMBED OR JUDGE"), HasSubstr("fits with 1,024 tokens")));
  EXPECT_THAT(outcome.notices,
              AllOf(HasSubstr("8.0 GiB of memory are available; models are counted with 2,048"),
                    HasSubstr("'d' cannot be read")));
  EXPECT_EQ(daemon_->requests()[0].body, R"({"context":2048})");
  EXPECT_EQ(run({"fit", "--json"}).out.substr(0, 16), R"({"context":2048,)");
  EXPECT_EQ(daemon_->requests()[1].body, "{}");
}

TEST_F(Cli, SearchListsNamesThatCanBePulled) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[{"name":"o/r","downloads":1234567,"likes":8,)"
                    R"("updated":"2026-11-20","gated":true},{"name":"o/s"}]})");
  });
  const Outcome outcome = run({"search", "tiny", "qwen", "--limit", "5"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "NAME  DOWNLOADS  LIKES  UPDATED     \n"
            "o/r   1,234,567  8      2026-11-20  gated\n"
            "o/s   0          0      -           \n");
  EXPECT_EQ(daemon_->requests()[0].line, "POST /hearth/v1/models/search");
  EXPECT_EQ(daemon_->requests()[0].body, R"({"words":"tiny qwen","limit":5})");
  EXPECT_EQ(run({"search"}).code, 2);
  EXPECT_EQ(run({"search", "x", "--limit", "1000"}).code, 2);
}

TEST_F(Cli, SearchSaysThatThereIsNothing) {
  answer_with(
      [](const FakeRequest&, const FakeReply& reply) { reply.json(200, R"({"models":[]})"); });
  const Outcome outcome = run({"search", "x"});
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.notices, HasSubstr("no GGUF model"));
}

}  // namespace
}  // namespace hearth::cli
