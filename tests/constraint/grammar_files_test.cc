// The grammars that come with llama.cpp.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>

#include "constraint/gbnf.h"
#include "constraint/grammar.h"

namespace hearth::constraint {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(GrammarFiles, EveryGrammarThatComesWithLlamaIsReadAndCompiled) {
  const std::filesystem::path folder =
      std::filesystem::path(HEARTH_LLAMA_VOCABS).parent_path() / "grammars";
  std::size_t read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".gbnf") continue;
    const auto rules = parse_gbnf(contents(entry.path()));
    ASSERT_TRUE(rules) << entry.path() << ": " << rules.error().message;
    const auto grammar = Grammar::compile(*rules);
    EXPECT_TRUE(grammar) << entry.path() << ": " << (grammar ? "" : grammar.error().message);
    ++read;
  }
  EXPECT_GE(read, 8U);
}

}  // namespace
}  // namespace hearth::constraint
