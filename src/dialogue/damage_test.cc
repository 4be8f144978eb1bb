// Answers and templates with random damage: whatever happens, it is an answer or an error, nothing
// is lost and the same is heard however it is cut.
#include <random>

#include <gmock/gmock.h>

#include "base/utf8.h"
#include "dialogue/testing/known_templates.h"
#include "dialogue/text_edges.h"

namespace hearth::dialogue {
namespace {

using testing::said;

constexpr const char* kFamilies[] = {"Qwen-Qwen2.5-7B-Instruct",
                                     "Qwen3-Coder",
                                     "openai-gpt-oss-120b",
                                     "google-gemma-4-31B-it",
                                     "MiniMax-M3",
                                     "LFM2-8B-A1B",
                                     "Kimi-K3",
                                     "mistralai-Mistral-Nemo-Instruct-2407"};

chat::Request conversation() {
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "What is the weather?"),
                      {.role = chat::Role::kAssistant,
                       .tool_calls = {{"call00001", "get_weather",
                                       R"({"city":"Oslo","options":{"hours":[1,2]}})"}}}};
  request.tools = testing::two_tools();
  return request;
}

// Bytes removed, doubled, swapped or replaced by some that mean something.
std::string damaged(std::string text, std::mt19937& random) {
  constexpr std::string_view kMeaning = "<>{}[]()|\"'\\/:,=%#- \nto0\xC3";
  const auto below = [&](std::size_t end) { return end == 0 ? 0 : random() % end; };
  for (std::size_t left = 1 + below(6); left > 0 && !text.empty(); --left) {
    const std::size_t at = below(text.size());
    const std::size_t size = 1 + below(std::min<std::size_t>(text.size() - at, 24));
    switch (below(4)) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, text.substr(at, size));
        break;
      case 2:
        text[at] = kMeaning[below(kMeaning.size())];
        break;
      default:
        text.insert(below(text.size()), text.substr(at, size));
        break;
    }
  }
  return text;
}

// Without a call, all of such a family's answer is text.
bool writes_plain_text(std::string_view family) {
  return family == "Qwen-Qwen2.5-7B-Instruct" || family == "Qwen3-Coder" ||
         family == "mistralai-Mistral-Nemo-Instruct-2407";
}

TEST(DamagedAnswer, IsHeardTheSameHoweverItIsCut) {
  std::mt19937 random(4);
  for (const char* family : kFamilies) {
    const auto chat_template = testing::load_template(family);
    chat::Request request = conversation();
    const std::string written = testing::joined(chat_template->render(request)->pieces);
    request.messages.pop_back();
    const auto asked = chat_template->render(request);
    const std::size_t begin = testing::joined(asked->pieces).size();
    const std::string answer = written.size() > begin ? written.substr(begin) : written;
    for (int i = 0; i < 60; ++i) {
      const std::string text = base::repair_utf8(damaged(answer, random));
      const auto whole = testing::hear(asked->format, {text});
      const std::size_t cut = random() % (text.size() + 1);
      const std::string_view view = text;
      EXPECT_EQ(testing::hear(asked->format, {view.substr(0, cut), view.substr(cut)}), whole)
          << family << "\n"
          << text;
      EXPECT_EQ(testing::hear_bytes(asked->format, text), whole) << family << "\n" << text;
      if (whole.calls.empty() && writes_plain_text(family)) {
        EXPECT_EQ(without_space(whole.text), without_space(text)) << family;
      }
    }
  }
}

TEST(DamagedTemplate, IsReadOrRefused) {
  std::mt19937 random(5);
  int read = 0;
  int refused = 0;
  for (const char* family : kFamilies) {
    const std::string text = testing::template_text(family);
    for (int i = 0; i < 12; ++i) {
      const auto made = ChatTemplate::create({.text = damaged(text, random)});
      if (!made) {
        ++refused;
        continue;
      }
      ++read;
      const auto rendered = (*made)->render(conversation());
      if (rendered) testing::hear(rendered->format, {"Well, <tool_call>{}"});
    }
  }
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace hearth::dialogue
