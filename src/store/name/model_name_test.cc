#include "store/name/model_name.h"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace hearth::store {
namespace {

struct Spelling {
  std::string typed;
  std::string text;  // the one spelling of it
};

class NameTest : public ::testing::TestWithParam<Spelling> {};

TEST_P(NameTest, HasOneSpellingThatReadsBack) {
  const auto name = ModelName::parse(GetParam().typed);
  ASSERT_TRUE(name.has_value()) << GetParam().typed << ": " << name.error().message;
  EXPECT_EQ(name->text(), GetParam().text) << GetParam().typed;
  const auto again = ModelName::parse(name->text());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(*again, *name);
  const auto by_key = ModelName::parse(name->key());
  ASSERT_TRUE(by_key.has_value()) << by_key.error().message;
  EXPECT_EQ(by_key->key(), name->key());
}

const std::string kQwen = "hf.co/Qwen/Qwen2.5-7B-Instruct-GGUF";

INSTANTIATE_TEST_SUITE_P(
    HuggingFace, NameTest,
    ::testing::Values(
        Spelling{kQwen, kQwen}, Spelling{"Qwen/Qwen2.5-7B-Instruct-GGUF", kQwen},
        Spelling{"huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF", kQwen},
        Spelling{"HF.co/Qwen/Qwen2.5-7B-Instruct-GGUF", kQwen},
        Spelling{"https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF", kQwen},
        Spelling{"https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF/", kQwen},
        Spelling{"https://hf.co/Qwen/Qwen2.5-7B-Instruct-GGUF?show_file_info=x.gguf", kQwen},
        Spelling{"https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF/tree/main", kQwen},
        Spelling{kQwen + ":latest", kQwen}, Spelling{kQwen + "@main", kQwen},
        Spelling{kQwen + ":q4_k_m", kQwen + ":Q4_K_M"},
        Spelling{"Qwen/Qwen2.5-7B-Instruct-GGUF:iq4_xs", kQwen + ":IQ4_XS"},
        Spelling{"Qwen/Qwen2.5-7B-Instruct-GGUF@v1:Q8_0", kQwen + "@v1:Q8_0"},
        Spelling{"Qwen/Qwen2.5-7B-Instruct-GGUF:Q8_0@v1", kQwen + "@v1:Q8_0"},
        Spelling{"Qwen/Qwen2.5-7B-Instruct-GGUF@refs/pr/3", kQwen + "@refs/pr/3"},
        Spelling{kQwen + ":a b/x.GGUF", kQwen + ":a b/x.GGUF"},
        Spelling{"https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF/blob/main/q/x.gguf",
                 kQwen + ":q/x.gguf"},
        Spelling{"https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF/resolve/v1/x.gguf"
                 "?download=true",
                 kQwen + "@v1:x.gguf"},
        Spelling{"hf.co/Qwen/Qwen2.5-7B-Instruct-GGUF/resolve/refs/pr/3/q/x.gguf",
                 kQwen + "@refs/pr/3:q/x.gguf"},
        Spelling{"AI/Upper-Case-Is-No-Docker", "hf.co/AI/Upper-Case-Is-No-Docker"}));

INSTANTIATE_TEST_SUITE_P(
    Registries, NameTest,
    ::testing::Values(
        Spelling{"qwen2.5:0.5b", "registry.ollama.ai/library/qwen2.5:0.5b"},
        Spelling{"llama3", "registry.ollama.ai/library/llama3:latest"},
        Spelling{"library/llama3:8b", "registry.ollama.ai/library/llama3:8b"},
        Spelling{"registry.ollama.ai/llama3", "registry.ollama.ai/library/llama3:latest"},
        Spelling{"registry.ollama.ai/Some_One/m:t", "registry.ollama.ai/Some_One/m:t"},
        Spelling{"ollama.com/library/qwen2.5:7b", "registry.ollama.ai/library/qwen2.5:7b"},
        Spelling{"https://ollama.com/library/qwen2.5", "registry.ollama.ai/library/qwen2.5:latest"},
        Spelling{"localhost:5000/ns/model:tag", "localhost:5000/ns/model:tag"},
        Spelling{"localhost/ns/model", "localhost/ns/model:latest"},
        Spelling{"Registry.Example.COM:443/ns/model:T", "registry.example.com/ns/model:T"},
        Spelling{"https://r.example/ns/model:t", "r.example/ns/model:t"},
        Spelling{"192.168.1.5:8080/ns/m-1.5:t_1", "192.168.1.5:8080/ns/m-1.5:t_1"}));

INSTANTIATE_TEST_SUITE_P(
    DockerHub, NameTest,
    ::testing::Values(Spelling{"ai/smollm2", "docker.io/ai/smollm2:latest"},
                      Spelling{"ai/smollm2:360M-Q4_K_M", "docker.io/ai/smollm2:360M-Q4_K_M"},
                      Spelling{"docker.io/ai/qwen2.5:7B", "docker.io/ai/qwen2.5:7B"},
                      Spelling{"index.docker.io/mine/m", "docker.io/mine/m:latest"},
                      Spelling{"hub.docker.com/r/ai/smollm2", "docker.io/ai/smollm2:latest"},
                      Spelling{"https://hub.docker.com/r/ai/smollm2",
                               "docker.io/ai/smollm2:latest"}));

INSTANTIATE_TEST_SUITE_P(
    WebAndFiles, NameTest,
    ::testing::Values(Spelling{"https://Example.com/a/x.gguf", "https://example.com/a/x.gguf"},
                      Spelling{"HTTPS://example.com:443/x.gguf", "https://example.com/x.gguf"},
                      Spelling{"https://example.com:8443/a%20b(1).GGUF",
                               "https://example.com:8443/a%20b(1).GGUF"},
                      Spelling{"https://r.example/ns/m:x.gguf", "https://r.example/ns/m:x.gguf"},
                      Spelling{"/models/Ünïcode x.gguf", "/models/Ünïcode x.gguf"},
                      Spelling{"./x", "./x"}, Spelling{"../a/../x.gguf", "../a/../x.gguf"},
                      Spelling{"~/x.gguf", "~/x.gguf"}, Spelling{"models/x.gguf", "models/x.gguf"},
                      Spelling{"library/x.gguf", "library/x.gguf"},
                      Spelling{"ai/x.GGUF", "ai/x.GGUF"},
                      Spelling{"a/b/c/d.gguf", "a/b/c/d.gguf"}));

TEST(Name, IsShortForLists) {
  for (const char* text :
       {"qwen2.5:0.5b", "ai/smollm2:360M", "Qwen/Qwen2.5-7B-Instruct-GGUF:Q4_K_M",
        "o/r@v1:f/x.gguf", "registry.ollama.ai/someone/model:7b", "localhost:5000/a/b:c",
        "https://example.org/x.gguf"}) {
    EXPECT_EQ(ModelName::parse(text)->short_text(), text);
  }
}

TEST(Name, SaysWhichPartsItHas) {
  const auto hub = std::get<HuggingFaceName>(ModelName::parse("a/b@v2:q5_k_m")->source());
  EXPECT_EQ(hub, (HuggingFaceName{"a", "b", "v2", "Q5_K_M", ""}));
  const auto registry = std::get<RegistryName>(ModelName::parse("h.x:99/s/m:t")->source());
  EXPECT_EQ(registry, (RegistryName{Transport::kTls, "h.x:99", "s", "m", "t"}));
}

TEST(Name, PlainHttpIsForThoseWhoAllowIt) {
  for (const std::string& typed :
       {std::string("http://h.example/x.gguf"), std::string("http://localhost:5000/ns/m:t")}) {
    EXPECT_EQ(ModelName::parse(typed).error().code, Code::kInvalidArgument);
    const auto name = ModelName::parse(typed, PlainHttp::kAllowed);
    ASSERT_TRUE(name.has_value()) << name.error().message;
    EXPECT_EQ(name->text(), typed);
    EXPECT_TRUE(name->is_plain_http());
    EXPECT_EQ(*ModelName::parse(name->text(), PlainHttp::kAllowed), *name);
  }
  // A known host is spoken to through TLS whatever was typed.
  EXPECT_FALSE(ModelName::parse("http://hf.co/a/b", PlainHttp::kAllowed)->is_plain_http());
}

TEST(Name, TheKeyIsTheSameForTheSameThing) {
  const auto key = [](std::string_view typed) { return ModelName::parse(typed)->key(); };
  EXPECT_EQ(key("Qwen/Qwen2.5-7B-GGUF:Q4_K_M"),
            key("https://huggingface.co/qwen/qwen2.5-7b-gguf") + ":q4_k_m");
  EXPECT_EQ(key("Llama3"), key("registry.ollama.ai/library/llama3:latest"));
  // Tags, revisions and files are as their servers have them.
  EXPECT_NE(key("llama3:A"), key("llama3:a"));
  EXPECT_NE(key("a/b@V1"), key("a/b@v1"));
  EXPECT_NE(key("a/b:X.gguf"), key("a/b:x.gguf"));
}

// Words that mean something somewhere, put together by chance.
std::string random_name() {
  static const std::array<std::string, 34> kPieces{
      "a",     "Qwen", "x.gguf", "Q4_K_M",    "hf.co", "docker.io", "ai",    "library", "latest",
      "https", "http", "://",    "localhost", "h.x",   "refs",      "blob",  "resolve", "tree",
      "main",  "5000", "..",     ".",         "-",     "_",         "/",     "/",       "/",
      ":",     ":",    "@",      "%20",       " ",     "~",         "\u0430"};
  std::string name;
  for (int left = *rc::gen::inRange(1, 12); left > 0; --left)
    name += kPieces[*rc::gen::inRange<std::size_t>(0, kPieces.size())];
  return name;
}

RC_GTEST_PROP(NameProperty, WhatIsANameReadsBackAndWhatIsNoneSaysWhy, ()) {
  const std::string typed = random_name();
  const auto name = ModelName::parse(typed, PlainHttp::kAllowed);
  if (!name) {
    RC_ASSERT(name.error().code == Code::kInvalidArgument);
    RC_ASSERT(name.error().message.find("is not the name of a model: ") != std::string::npos);
    return;
  }
  RC_ASSERT(*ModelName::parse(name->text(), PlainHttp::kAllowed) == *name);
  RC_ASSERT(*ModelName::parse(name->short_text(), PlainHttp::kAllowed) == *name);
  RC_ASSERT(ModelName::parse(name->key(), PlainHttp::kAllowed)->key() == name->key());
}

std::string random_word(std::string_view also, std::size_t bytes_max) {
  static constexpr std::string_view kFirst =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const std::string all = std::string(kFirst) + std::string(also);
  std::string word(1, kFirst[*rc::gen::inRange<std::size_t>(0, kFirst.size())]);
  const auto size = *rc::gen::inRange<std::size_t>(1, bytes_max);
  while (word.size() < size) {
    const char c = all[*rc::gen::inRange<std::size_t>(0, all.size())];
    if (c != '.' || word.back() != '.') word += c;
  }
  return word;
}

RC_GTEST_PROP(NameProperty, EveryRegistrysModelHasItsName, ()) {
  const RegistryName name{Transport::kTls, "r.example:5000", random_word("_-", 80),
                          random_word("_-.", 80), random_word("_-", 80)};
  const auto parsed =
      ModelName::parse(name.host + "/" + name.space + "/" + name.model + ":" + name.tag);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(std::get<RegistryName>(parsed->source()) == name);
}

RC_GTEST_PROP(NameProperty, EveryFileOfARepositoryHasItsName, ()) {
  // Neither "api" nor "datasets" is an owner.
  HuggingFaceName name{random_word("_", 96) + "x", random_word("_.", 96) + "x",
                       random_word("_", 40), "",
                       random_word("_-.()+ ", 60) + "/" + random_word("_-.", 60) + ".gguf"};
  if (name.file.find(" /") != std::string::npos) RC_DISCARD();
  if (name.revision == "main") name.revision.clear();
  const std::string revision = name.revision.empty() ? "" : "@" + name.revision;
  const auto parsed =
      ModelName::parse("hf.co/" + name.owner + "/" + name.repository + revision + ":" + name.file);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(std::get<HuggingFaceName>(parsed->source()) == name);
}

}  // namespace
}  // namespace hearth::store
