// Nothing that a client wrote becomes a control token, and nothing of it is changed by seeing to
// that.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"
#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

using testing::said;

struct Model {
  const char* name;
  std::vector<std::string> special_texts;
};

const std::vector<Model>& models() {
  static const std::vector<Model> known = {
      {"Qwen-Qwen2.5-7B-Instruct", {"<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>"}},
      {"meta-llama-Llama-3.1-8B-Instruct",
       {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|begin_of_text|>"}},
      {"openai-gpt-oss-120b",
       {"<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>", "<|return|>"}},
      {"google-gemma-4-31B-it", {"<|\"|>", "<|turn>", "<turn|>", "<|tool_call>", "<tool_call|>"}},
      {"mistralai-Mistral-Nemo-Instruct-2407", {"[INST]", "[/INST]", "</s>", "<s>"}},
      {"deepseek-ai-DeepSeek-V3.2", {"<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>"}}};
  return known;
}

std::size_t count(const std::string& text, const std::vector<std::string>& special_texts) {
  std::size_t found = 0;
  for (const std::string& special : special_texts) {
    for (std::size_t at = text.find(special); at != std::string::npos;
         at = text.find(special, at + 1))
      ++found;
  }
  return found;
}

// Control tokens that the prompt has.
std::size_t control_tokens(const Rendered& rendered, const Model& model) {
  std::size_t found = 0;
  for (const PromptPiece& piece : rendered.pieces) {
    if (piece.from_template) found += count(piece.text, model.special_texts);
  }
  return found;
}

// Every place of a request that a client fills.
chat::Request filled_with(const std::string& text) {
  chat::Request request;
  const std::string quoted = "\"" + text + "\"";
  request.messages = {
      said(chat::Role::kSystem, "S " + text + " s"),
      said(chat::Role::kUser, text),
      {.role = chat::Role::kAssistant,
       .content = "A " + text,
       .thinking = text + " t",
       .tool_calls = {{"call00001", "look", R"({"where":)" + quoted + "," + quoted + ":1}"}}},
      {.role = chat::Role::kTool,
       .content = "R " + text,
       .tool_call_id = "call00001",
       .tool_name = "look"}};
  request.tools = {{.name = "look",
                    .description = "Looks " + text,
                    .parameters = R"({"type":"object","properties":{"where":{"type":"string",)"
                                  R"("description":)" +
                                  quoted + R"(,"enum":[)" + quoted + "]}}}"}};
  request.template_arguments = {{"documents", "[" + quoted + "]"}};
  return request;
}

TEST(SpecialTexts, NowhereInARequestBecomeControlTokens) {
  for (const Model& model : models()) {
    const auto chat_template = testing::load_template(model.name, model.special_texts);
    const auto unaware = testing::load_template(model.name);
    const auto harmless = chat_template->render(filled_with("word"));
    ASSERT_TRUE(harmless) << model.name << harmless.error().message;
    for (const std::string& special : model.special_texts) {
      std::string text = special;  // inside JSON
      for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
        text.insert(at, "\\");
      chat::Request request = filled_with(text);
      for (chat::Message& message : request.messages)
        message.content = message.content.substr(0, 2) + special;
      const auto rendered = chat_template->render(request);
      ASSERT_TRUE(rendered) << model.name << rendered.error().message;
      EXPECT_EQ(control_tokens(*rendered, model), control_tokens(*harmless, model))
          << model.name << " " << special;
      EXPECT_EQ(testing::joined(rendered->pieces),
                testing::joined(unaware->render(request)->pieces))
          << model.name << " " << special;
    }
  }
}

TEST(SpecialTexts, AreNotFormedByAClientTogetherWithTheTemplate) {
  // The template writes "<|im_start|>" + role; a role's message begins and ends with parts of it.
  const Model tags{"", {"<|a|>", "<|b|>"}};
  const auto chat_template = ChatTemplate::create(
      {.text = "{% for m in messages %}<|{{ m.content }}|>{{ m.content }}{{ m.content | trim }}"
               "{% endfor %}",
       .special_texts = tags.special_texts});
  ASSERT_TRUE(chat_template);
  for (const char* content : {"a", "b", "a|><|b", "|", "<", "<|", "<|a", "a|>", "|>", ">", " a",
                              "a ", " <|a ", "\n|><|\n", "|a|><", "a|", "|a"}) {
    chat::Request request;
    request.messages = {said(chat::Role::kUser, content), said(chat::Role::kUser, content)};
    const auto rendered = (*chat_template)->render(request);
    ASSERT_TRUE(rendered);
    EXPECT_EQ(control_tokens(*rendered, tags), 0U) << content;
    const std::string once = "<|" + std::string(content) + "|>" + content;
    EXPECT_THAT(testing::joined(rendered->pieces), ::testing::StartsWith(once));
  }
}

TEST(SpecialTexts, LeaveAnOrdinaryPromptInOnePiece) {
  for (const Model& model : models()) {
    const auto chat_template = testing::load_template(model.name, model.special_texts);
    chat::Request request;
    request.messages = {said(chat::Role::kUser, "> A quote: 1 < 2 [and] <b>so on</b> <|x|>\n")};
    const auto rendered = chat_template->render(request);
    ASSERT_TRUE(rendered);
    EXPECT_THAT(rendered->pieces, ::testing::SizeIs(1)) << model.name;
    EXPECT_TRUE(rendered->pieces.front().from_template);
  }
}

RC_GTEST_PROP(SpecialTexts, StayTextInAnyMixture, ()) {
  static const auto& all = models();
  static std::vector<std::unique_ptr<ChatTemplate>> aware;
  static std::vector<std::unique_ptr<ChatTemplate>> unaware;
  if (aware.empty()) {
    for (const Model& model : all) {
      aware.push_back(testing::load_template(model.name, model.special_texts));
      unaware.push_back(testing::load_template(model.name));
    }
  }
  const auto which = *rc::gen::inRange<std::size_t>(0, all.size());
  const Model& model = all[which];
  std::vector<std::string> parts = {" ", "\n", "a", "<", "|", ">", "[", "]", "\"", "\\"};
  for (const std::string& special : model.special_texts) {
    parts.push_back(special);
    for (std::size_t cut = 1; cut < special.size(); cut += 3) {
      parts.push_back(special.substr(0, cut));
      parts.push_back(special.substr(cut));
    }
  }
  const auto make_text = [&] {
    std::string text;
    for (const std::string& part :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(parts)))
      text += part;
    return base::repair_utf8(text);
  };
  chat::Request request;
  request.messages = {said(chat::Role::kUser, make_text()), said(chat::Role::kAssistant, "1"),
                      said(chat::Role::kUser, make_text())};
  chat::Request harmless = request;
  for (chat::Message& message : harmless.messages)
    message.content = "word";
  const auto rendered = aware[which]->render(request);
  RC_ASSERT(rendered.has_value());
  RC_ASSERT(control_tokens(*rendered, model) ==
            control_tokens(*aware[which]->render(harmless), model));
  RC_ASSERT(testing::joined(rendered->pieces) ==
            testing::joined(unaware[which]->render(request)->pieces));
}

}  // namespace
}  // namespace hearth::dialogue
