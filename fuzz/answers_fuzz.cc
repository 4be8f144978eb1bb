// What a model says, in the words of any known family: the first byte picks the family, the second
// how the text comes in pieces, the rest is the text. The same is heard however it is cut, and
// nothing is lost: a word that stands in no mark is in what was heard.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/utf8.h"
#include "dialogue/answer_reader.h"
#include "dialogue/chat_template.h"
#include "dialogue/testing/known_templates.h"

namespace {

using namespace hearth;
using dialogue::testing::Heard;

constexpr std::string_view kWord = "Zwqkxh";  // in no mark, and in nothing that JSON escapes

struct Family {
  std::string name;
  dialogue::AnswerFormat format;
};

Family load_family(const std::string& name) {
  const auto made = dialogue::testing::load_template(name);
  HEARTH_ASSERT(made != nullptr);
  chat::Request request;
  request.messages = {{.role = chat::Role::kUser, .content = "What is the weather?"}};
  if (made->capabilities().tools) request.tools = dialogue::testing::two_tools();
  return {name, made->render(request).value().format};
}

const Family& family(std::size_t number) {
  static const std::vector<std::string> kNames = dialogue::testing::known_templates();
  static std::vector<std::unique_ptr<Family>> families(kNames.size());
  const std::size_t at = number % kNames.size();
  if (families[at] == nullptr) families[at] = std::make_unique<Family>(load_family(kNames[at]));
  return *families[at];
}

// Pieces of 1 to `longest` bytes, one after the other.
std::vector<std::string_view> pieces_of(std::string_view text, std::size_t longest) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    pieces.push_back(text.substr(0, 1 + (pieces.size() % longest)));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

std::string all_of(const Heard& heard) {
  std::string all = heard.thinking + heard.text;
  for (const chat::ToolCall& call : heard.calls)
    all += call.id + call.name + call.arguments;
  return all;
}

std::size_t count(std::string_view text) {
  std::size_t times = 0;
  for (auto at = text.find(kWord); at != text.npos; at = text.find(kWord, at + kWord.size()))
    ++times;
  return times;
}

// With the ids that the answer has itself.
Heard hear_all(const dialogue::AnswerFormat& format, std::string_view text) {
  const auto reader = dialogue::AnswerReader::create(format);
  Heard heard;
  heard.add(reader->add(text));
  heard.add(reader->finish(dialogue::Rest::kText));
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Family& chosen = family(data[0]);
  const std::string text =
      base::repair_utf8(std::string(reinterpret_cast<const char*>(data) + 2, size - 2));
  const Heard whole = dialogue::testing::hear(chosen.format, {text});
  HEARTH_ASSERT(dialogue::testing::hear(chosen.format, pieces_of(text, 1 + data[1])) == whole);
  HEARTH_ASSERT(dialogue::testing::hear_bytes(chosen.format, text) == whole);
  for (const chat::ToolCall& call : whole.calls)
    HEARTH_ASSERT(!call.name.empty());
  const std::size_t said = count(text);
  HEARTH_ASSERT(count(all_of(hear_all(chosen.format, text))) >= said);
  return 0;
}
