#include "store/name/aliases.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace hearth::store {
namespace {

using ::testing::HasSubstr;

Aliases parsed(std::string_view text) {
  return *Aliases::parse(text, "aliases");
}

TEST(BuiltInAliases, HasTheNamesThatGuidesUse) {
  const Aliases aliases = Aliases::built_in();
  for (const char* name : {"mistral-7b-instruct", "qwen2.5-7b-instruct", "qwen2.5-14b-instruct",
                           "nomic-embed-text-v1.5", "tinyllama", "codellama"}) {
    EXPECT_NE(aliases.find(name), nullptr) << name;
  }
  EXPECT_EQ(aliases.find("TinyLlama")->text(), "hf.co/TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF");
}

TEST(BuiltInAliases, HasEveryFamilyAndLeavesTheQuantisationOpen) {
  const auto list = Aliases::built_in().list();
  for (const char* family : {"qwen2.5-", "qwen3-", "llama-3.", "mistral-", "phi-", "gemma-",
                             "smollm", "nomic-embed", "bge-", "all-minilm"}) {
    EXPECT_TRUE(std::any_of(list.begin(), list.end(), [&](const Alias& alias) {
      return alias.name.starts_with(family);
    })) << family;
  }
  for (const Alias& alias : list) {
    const auto* hub = std::get_if<HuggingFaceName>(&alias.target.source());
    ASSERT_NE(hub, nullptr) << alias.name;
    EXPECT_TRUE(hub->quant.empty() && hub->file.empty() && hub->revision.empty()) << alias.name;
    EXPECT_EQ(Aliases::built_in().resolve(alias.name)->text(), alias.target.text());
  }
}

TEST(Aliases, AreReadWithCommentsAndBlanks) {
  const Aliases aliases = parsed(
      "# a list\r\n"
      "\n"
      "  mine =  hf.co/a/b:Q8_0   # the big one\n"
      "small:1 = qwen2.5:0.5b\n"
      "file = ./a#b.gguf");
  EXPECT_EQ(aliases.find("mine")->text(), "hf.co/a/b:Q8_0");
  EXPECT_EQ(aliases.find("SMALL:1")->text(), "registry.ollama.ai/library/qwen2.5:0.5b");
  EXPECT_EQ(aliases.find("file")->text(), "./a#b.gguf");
  EXPECT_EQ(aliases.list().size(), 3U);
}

TEST(Aliases, ADamagedLineIsNamed) {
  const auto message = [](std::string_view text) {
    return Aliases::parse(text, "my aliases").error().message;
  };
  EXPECT_THAT(message("a = b\n\nno sign"), HasSubstr("my aliases:3: "));
  EXPECT_THAT(message("a/b = c"), HasSubstr("my aliases:1: the short name 'a/b'"));
  EXPECT_THAT(message("../x = c"), HasSubstr("the short name"));
  EXPECT_THAT(message("x = ../../a/\n"), HasSubstr("folder"));
  EXPECT_THAT(message("x ="), HasSubstr("it is empty"));
  EXPECT_THAT(message(" = x"), HasSubstr("the short name is empty"));
  EXPECT_THAT(message("a = b\nA = c"), HasSubstr("my aliases:2: 'A' is there already"));
  EXPECT_THAT(message("a = http://h.x/x.gguf"), HasSubstr("allow plain HTTP"));
}

TEST(Aliases, HaveLimits) {
  std::string text;
  for (std::size_t i = 0; i <= kAliasesMax; ++i)
    text += "n" + std::to_string(i) + " = a/b\n";
  EXPECT_EQ(Aliases::parse(text, "x").error().code, Code::kResourceExhausted);
  EXPECT_EQ(Aliases::parse(std::string(kAliasBytesMax + 1, '\n'), "x").error().code,
            Code::kResourceExhausted);
}

TEST(Aliases, ComeBeforeTheLibrary) {
  const Aliases aliases = parsed("codellama = hf.co/a/b\nfixed = a/b:Q8_0\nollama = llama3\n");
  const auto resolved = [&](std::string_view text) { return aliases.resolve(text)->text(); };
  EXPECT_EQ(resolved("CodeLlama"), "hf.co/a/b");
  EXPECT_EQ(resolved("codellama:q8_0"), "hf.co/a/b:Q8_0");
  EXPECT_EQ(resolved("codellama:7b"), "registry.ollama.ai/library/codellama:7b");
  EXPECT_EQ(resolved("codellama:latest"), "registry.ollama.ai/library/codellama:latest");
  EXPECT_EQ(resolved("fixed:Q4_0"), "registry.ollama.ai/library/fixed:Q4_0");
  EXPECT_EQ(resolved("ollama:Q4_0"), "registry.ollama.ai/library/ollama:Q4_0");
  EXPECT_EQ(resolved("other"), "registry.ollama.ai/library/other:latest");
  EXPECT_EQ(resolved("x/codellama"), "hf.co/x/codellama");
}

TEST(Aliases, AnAliasIsNeverAnotherAliases) {
  EXPECT_EQ(parsed("a = b\nb = a").resolve("a")->text(), "registry.ollama.ai/library/b:latest");
}

TEST(Aliases, TheUsersListIsOverWhatShips) {
  const std::string path = ::testing::TempDir() + "aliases_" + std::to_string(::getpid());
  EXPECT_EQ(Aliases::load(path)->list().size(), Aliases::built_in().list().size());
  std::ofstream(path) << "tinyllama = me/mine\nown = me/own\n";
  const auto aliases = Aliases::load(path);
  ASSERT_TRUE(aliases.has_value()) << aliases.error().message;
  EXPECT_EQ(aliases->find("tinyllama")->text(), "hf.co/me/mine");
  EXPECT_EQ(aliases->find("own")->text(), "hf.co/me/own");
  EXPECT_NE(aliases->find("codellama"), nullptr);
  EXPECT_EQ(aliases->list().size(), Aliases::built_in().list().size() + 1);
  std::ofstream(path) << "oops\n";
  EXPECT_THAT(Aliases::load(path).error().message, HasSubstr(path + ":1: "));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace hearth::store
