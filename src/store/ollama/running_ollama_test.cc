#include "store/ollama/running_ollama.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OllamaHostText, IsReadInAllItsForms) {
  const auto url = [](const char* text) {
    const auto host = parse_ollama_host(text);
    return host ? host->url() : host.error().message;
  };
  EXPECT_EQ(url(""), "http://127.0.0.1:11434");
  EXPECT_EQ(url(" \"example\" "), "http://example:11434");
  EXPECT_EQ(url("10.0.0.7:8080"), "http://10.0.0.7:8080");
  EXPECT_EQ(url(":1234"), "http://127.0.0.1:1234");
  EXPECT_EQ(url("http://host"), "http://host:80");
  EXPECT_EQ(url("http://host:1/behind/proxy/"), "http://host:1/behind/proxy");
  EXPECT_EQ(url("[::1]:7"), "http://[::1]:7");
  EXPECT_EQ(url("::1"), "http://[::1]:11434");
  EXPECT_EQ(url("0.0.0.0:9"), "http://127.0.0.1:9");
  EXPECT_EQ(url("[::]"), "http://[::1]:11434");
}

TEST(OllamaHostText, IsRefusedWithWhatToWrite) {
  for (const char* text : {"host:port", "host:0", "host:70000", "[::1", "[::1]x", "a b", "a\r\nb",
                           "ftp://host", "user@host", "host/pa th", "host/?q"}) {
    const auto host = parse_ollama_host(text);
    ASSERT_FALSE(host) << text;
    EXPECT_EQ(host.error().code, Code::kInvalidArgument) << text;
    EXPECT_THAT(host.error().message, HasSubstr("write HOST:PORT"));
  }
  EXPECT_EQ(parse_ollama_host("https://host").error().code, Code::kUnimplemented);
  EXPECT_FALSE(parse_ollama_host(std::string(4096, 'a')));
}

// An Ollama of a test's making: what was asked, in order, and what is answered.
class RunningOllamaTest : public ::testing::Test {
 protected:
  RunningOllama ollama() {
    return RunningOllama(*parse_ollama_host(""), [this](const net::HttpCall& call) {
      asked_.push_back(call.method + " " + call.target + " " + call.body);
      return answer(call.target);
    });
  }
  Result<net::HttpReply> answer(const std::string& target) const {
    const auto found = answers_.find(target);
    if (found == answers_.end()) return fail(Code::kDeadlineExceeded, "no answer in time");
    return found->second;
  }

  std::map<std::string, net::HttpReply> answers_{
      {"/api/version", {200, {}, R"({"version":"0.20.1"})"}},
      {"/api/tags",
       {200,
        {},
        R"({"models":[{"name":"qwen2.5:0.5b","size":400,"digest":"abc","details":)"
        R"({"parameter_size":"494M","quantization_level":"Q4_K_M"}},{"model":"x"}]})"}},
      {"/api/ps",
       {200,
        {},
        R"({"models":[{"name":"qwen2.5:0.5b","size":900,"size_vram":800,)"
        R"("expires_at":"2026-01-01T00:00:00Z"}]})"}},
      {"/api/generate", {200, {}, R"({"done":true})"}}};
  std::vector<std::string> asked_;
};

TEST_F(RunningOllamaTest, SaysWhatItHasAndWhatItHolds) {
  const auto state = ollama().look();
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->version, "0.20.1");
  EXPECT_EQ(state->url, "http://127.0.0.1:11434");
  ASSERT_EQ(state->models.size(), 2U);
  EXPECT_EQ(state->models[0].name, "qwen2.5:0.5b");
  EXPECT_EQ(state->models[0].size_bytes, 400U);
  EXPECT_EQ(state->models[0].quantisation, "Q4_K_M");
  EXPECT_EQ(state->models[1].name, "x");
  ASSERT_EQ(state->loaded.size(), 1U);
  EXPECT_EQ(state->loaded[0].vram_bytes, 800U);
  EXPECT_EQ(state->loaded[0].expires, "2026-01-01T00:00:00Z");
}

TEST_F(RunningOllamaTest, NothingInItIsNoError) {
  answers_["/api/tags"].body = R"({"models":null})";
  answers_["/api/ps"].body = R"({"models":[]})";
  const auto state = ollama().look();
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_THAT(state->models, IsEmpty());
  EXPECT_THAT(state->loaded, IsEmpty());
}

TEST_F(RunningOllamaTest, WhoDoesNotAnswerIsNamedByItsAddress) {
  answers_.clear();
  const auto state = ollama().look();
  EXPECT_EQ(state.error().code, Code::kUnavailable);
  EXPECT_THAT(state.error().message, HasSubstr("http://127.0.0.1:11434"));
  EXPECT_EQ(asked_.size(), 1U) << "nothing else is asked of it";
}

TEST_F(RunningOllamaTest, WhoIsNoOllamaIsSaidToBeNone) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"version":7})"}) {
    answers_["/api/version"].body = body;
    EXPECT_EQ(ollama().look().error().code, Code::kUpstream) << body;
  }
  answers_["/api/version"] = {404, {}, "not found"};
  EXPECT_EQ(ollama().look().error().code, Code::kUpstream);
}

TEST_F(RunningOllamaTest, AHearthThatSpeaksItsLanguageIsNone) {
  answers_["/api/version"].body = R"({"version":"0.33.0","hearth":"0.1.0"})";
  EXPECT_EQ(ollama().look().error().code, Code::kUnavailable);
  EXPECT_EQ(asked_.size(), 1U) << "nothing else is asked of it";
}

TEST_F(RunningOllamaTest, HostileAnswersAreBounded) {
  std::string many = R"({"models":[)";
  for (std::size_t i = 0; i <= kOllamaModelsMax; ++i)
    many += std::string(i == 0 ? "" : ",") + R"({"name":"m"})";
  const std::string long_name(kOllamaTextBytesMax + 1, 'n');
  for (const std::string& body :
       {many + "]}", std::string(R"({"models":{}})"), std::string(R"({"models":[1]})"),
        std::string(R"({"models":[{"size":1}]})"), R"({"models":)" + std::string(9999, '[')})
    EXPECT_EQ(read_ollama_tags(body).error().code, Code::kUpstream);
  const auto odd = read_ollama_tags(R"({"models":[{"name":"a\u001b[31mb\n","size":-1,"digest":5},)"
                                    R"({"name":")" +
                                    long_name + R"("}]})");
  ASSERT_TRUE(odd) << odd.error().message;
  EXPECT_EQ((*odd)[0].name, "a?[31mb?");
  EXPECT_EQ((*odd)[0].size_bytes, 0U);
  EXPECT_EQ((*odd)[1].name.size(), kOllamaTextBytesMax);
}

TEST_F(RunningOllamaTest, LetsGoOfWhatItHoldsAndOfNothingElse) {
  ASSERT_TRUE(ollama().unload("library/QWEN2.5:0.5b"));
  EXPECT_THAT(asked_, ElementsAre("GET /api/ps ",
                                  "POST /api/generate {\"model\":\"qwen2.5:0.5b\","
                                  "\"keep_alive\":0,\"stream\":false}"));
  asked_.clear();
  ASSERT_TRUE(ollama().unload("other"));
  EXPECT_THAT(asked_, ElementsAre("GET /api/ps "));
  answers_["/api/generate"] = {404, {}, R"({"error":"model 'x' not found"})"};
  const auto refused = ollama().unload("qwen2.5:0.5b");
  EXPECT_EQ(refused.error().code, Code::kNotFound);
  EXPECT_THAT(refused.error().message, HasSubstr("model 'x' not found"));
}

TEST_F(RunningOllamaTest, ShowsWhatAModelIs) {
  answers_["/api/show"] = {200,
                           {},
                           R"({"details":{"format":"gguf","family":"qwen2"},)"
                           R"("capabilities":["completion","tools",7]})"};
  const auto facts = ollama().show("qwen2.5:0.5b");
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->family, "qwen2");
  EXPECT_THAT(facts->capabilities, ElementsAre("completion", "tools"));
  EXPECT_THAT(asked_, ElementsAre(R"(POST /api/show {"model":"qwen2.5:0.5b"})"));
}

TEST(NameOfTag, IsTheNameThatAPullWouldGive) {
  EXPECT_EQ(name_of_tag("qwen2.5:0.5b")->short_text(), "qwen2.5:0.5b");
  EXPECT_EQ(name_of_tag("someone/own")->short_text(), "registry.ollama.ai/someone/own:latest");
  EXPECT_EQ(name_of_tag("hf.co/o/r:Q8_0")->short_text(), "o/r:Q8_0");
  EXPECT_EQ(name_of_tag("localhost:5000/team/own:v1")->short_text(), "localhost:5000/team/own:v1");
  EXPECT_FALSE(name_of_tag("../x"));
}

RC_GTEST_PROP(OllamaAnswers, AnyBytesAreReadOrRefused, (const std::string& text)) {
  for (const std::string& body : {text, R"({"models":[{"name":")" + text + "\"}]}"}) {
    const auto tags = read_ollama_tags(body);
    if (!tags) RC_ASSERT(tags.error().code == Code::kUpstream);
    const auto host = parse_ollama_host(text);
    if (host) RC_ASSERT(host->url().find_first_of(" \r\n\"@?#") == std::string::npos);
  }
}

}  // namespace
}  // namespace hearth::store
