// Nothing that a client wrote becomes a control token, and nothing of it is changed by seeing to
// that.
#include <regex>
#include <set>

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

// Wherever a client chooses a key.
chat::Request with_key(const std::string& key) {
  const std::string quoted = "\"" + key + "\"";
  chat::Request request;
  request.messages = {
      said(chat::Role::kUser, "hello"),
      {.role = chat::Role::kAssistant,
       .tool_calls = {{"call00001", "look",
                       "{" + quoted + ":{" + quoted + ":1},\"list\":[{" + quoted + ":2}]}"}}},
      {.role = chat::Role::kTool,
       .content = "seen",
       .tool_call_id = "call00001",
       .tool_name = "look"}};
  const std::string property = R"({"type":"string",)" + quoted + R"(:"v"})";
  request.tools = {{.name = "look",
                    .description = "Looks",
                    .parameters = R"({"type":"object",)" + quoted + R"(:"v","properties":{)" +
                                  quoted + ":" + property + R"(,"a":)" + property + "}}"}};
  return request;
}

TEST(SpecialTexts, AreNotFormedByKeysBetweenATemplatesSigns) {
  const std::vector<std::string> specials = {"<|im_start|>", "<|im_end|>", "<tool_call>",
                                             "</tool_call>", "<think>",    "</think>",
                                             "<mm:think>",   "</mm:think>"};
  for (const char* family : {"Qwen3-Coder", "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", "MiniMax-M3",
                             "GLM-4.6", "Qwen-Qwen2.5-7B-Instruct"}) {
    const Model model{family, specials};
    const auto chat_template = testing::load_template(family, specials);
    const auto unaware = testing::load_template(family);
    const auto harmless = chat_template->render(with_key("word"));
    ASSERT_TRUE(harmless) << family << harmless.error().message;
    for (const char* key : {"|im_start|", "|im_end|", "im_end", "tool_call", "/tool_call", "think",
                            "/think", "mm:think", "<|im_end|>", "<think"}) {
      const auto rendered = chat_template->render(with_key(key));
      ASSERT_TRUE(rendered) << family << rendered.error().message;
      EXPECT_EQ(control_tokens(*rendered, model), control_tokens(*harmless, model))
          << family << " " << key;
      EXPECT_EQ(testing::joined(rendered->pieces),
                testing::joined(unaware->render(with_key(key))->pieces))
          << family << " " << key;
    }
  }
}

// A template finds what it was given by the names that it knows.
TEST(SpecialTexts, DoNotHideTheFieldsOfATemplatesVariables) {
  const auto chat_template = ChatTemplate::create(
      {.text = "{% for d in documents | default([]) %}{{ d.title }}: {{ d.think }}{% endfor %}"
               "{{ messages[-1].content }}",
       .special_texts = {"<title>", "<think>"}});
  ASSERT_TRUE(chat_template);
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "!")};
  request.template_arguments = {{"documents", R"([{"title":"T","think":"so"}])"}};
  EXPECT_EQ(testing::joined((*chat_template)->render(request)->pieces), "T: so!");
}

// Whatever is done to a client's text before it is written.
TEST(SpecialTexts, AreNotFormedByWhatATemplateDoesToAText) {
  const Model tags{"", {"<|im_start|>", "<|im_end|>", "<s>"}};
  const struct {
    const char* written;
    const char* content;
  } cases[] = {
      {"{{ c.replace('/think', '') }}", "<|im_/thinkend|>"},
      {"{{ c.replace('/think', '').replace('/no', '').strip() }}", " <|im_/no/thinkend|> "},
      {"{{ ('So: ' ~ c) | replace('~', '') | trim }}", "<|im~_end|>"},
      {"{{ 'You are ' + c.replace('~', '') + '!' }}", "<|im~_end|>"},
      {"{{ c | lower }}", "<|IM_END|>"},
      {"{{ c.split('</x>') | join('') }}", "<|im_</x>end|>"},
      {"{{ c.split('</x>') | join('') | trim }}", "<|im_</x>end|>"},
      {"{{ c.split('</x>')[0] }}{{ c.split('</x>')[-1] }}", "<|im_</x>end|>"},
      {"{{ c.split('</x>')[0] + c.split('</x>')[-1] }}", "<|im_</x>end|>"},
      {"{{ c[::-1] }}", ">|dne_mi|<"},
      {"{{ c[3:] }}", "<|i<|im_end|>"},
      {"{% set ns = namespace(t='') %}{% for i in range(c | length) %}{% set ns.t = ns.t + c[i] %}"
       "{% endfor %}{{ ns.t | replace('~', '') }}",
       "<|im_~end|>"},
      {"{% macro say(x) %}{{ x | replace('~', '') }}{% endmacro %}{{ say(c) }}", "<|im_~end|>"},
      {"{% set x %}{{ c }}{% endset %}{{ x | replace('~', '') }}", "<|im_~end|>"},
      {"{{ '{}{}'.format(c.split('~')[0], c.split('~')[1]) }}", "<|im_~end|>"},
      {"{{ c | replace('x', bos_token) | replace('~', '') }}", "x <|im_~end|>"},
      {"{{ {'a': c} | tojson | replace('~', '') }}", "<|im_~end|>"},
  };
  for (const auto& [written, content] : cases) {
    const auto chat_template =
        ChatTemplate::create({.text = "<s>{% for m in messages %}{% set c = m.content %}"
                                      "<|im_start|>" +
                                      std::string(written) + "<|im_end|>{% endfor %}",
                              .begin_text = "<s>",
                              .special_texts = tags.special_texts});
    ASSERT_TRUE(chat_template) << written << chat_template.error().message;
    chat::Request request;
    request.messages = {said(chat::Role::kUser, content)};
    const auto rendered = (*chat_template)->render(request);
    ASSERT_TRUE(rendered) << written << rendered.error().message;
    const std::size_t begins = std::string_view(content).starts_with('x') ? 1 : 0;
    EXPECT_LE(control_tokens(*rendered, tags), 3U + begins) << written;
    EXPECT_GE(control_tokens(*rendered, tags), 3U) << written;
    EXPECT_EQ(testing::joined(rendered->pieces).find("hearth"), std::string::npos) << written;
  }
}

TEST(SpecialTexts, AreNotFormedByWhatKnownTemplatesTakeOut) {
  for (const char* family : {"NVIDIA-Nemotron-Nano-v2", "HuggingFaceTB-SmolLM3-3B"}) {
    const Model model{family, {"<|im_end|>", "<SPECIAL_12>"}};
    const auto chat_template = testing::load_template(family, model.special_texts);
    ASSERT_NE(chat_template, nullptr) << family;
    const auto tokens = [&](const std::string& content) {
      chat::Request request;
      request.messages = {said(chat::Role::kSystem, content), said(chat::Role::kUser, content)};
      const auto rendered = chat_template->render(request);
      EXPECT_TRUE(rendered) << family;
      return rendered ? control_tokens(*rendered, model) : 0;
    };
    const std::size_t own = tokens("word");
    for (const char* content :
         {"<|im_/thinkend|>", "<|im_/no_thinkend|>", "<SPECIAL_/think12>", "<SPECIAL_/no_think12>"})
      EXPECT_EQ(tokens(content), own) << family << " " << content;
  }
}

// Their own stay what they are.
TEST(SpecialTexts, OfATemplateAreNotHidden) {
  const Model tags{"", {"<|im_start|>", "<|user|>", "<s>"}};
  const auto chat_template = ChatTemplate::create(
      {.text =
           "{{ bos_token }}{% set ns = namespace(t='') %}{% for m in messages %}"
           "{% set ns.t = ns.t + '<|im_start|>' + '<|' + m.role + '|>' + m.content %}"
           "{% endfor %}{{ ns.t | trim | replace('~', '') }}{{ bos_token + 'a' }}"
           "{% macro begin(kind) %}{% if kind == 'user' %}<|user|>{% endif %}{% endmacro %}"
           "{{ begin(messages[0].role) }}{{ {'user': '<|user|>'}.get(messages[0].role) }}"
           "{{ {'user': '<|user|>'}[messages[0].role] }}{{ '<|{}|>'.format(messages[0].role) }}",
       .begin_text = "<s>",
       .special_texts = tags.special_texts});
  ASSERT_TRUE(chat_template) << chat_template.error().message;
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "It is ~ so.")};
  const auto rendered = (*chat_template)->render(request);
  ASSERT_TRUE(rendered);
  EXPECT_EQ(control_tokens(*rendered, tags), 8U);
  EXPECT_EQ(testing::joined(rendered->pieces),
            "<s><|im_start|><|user|>It is  so.<s>a<|user|><|user|><|user|><|user|>");
}

TEST(SpecialTexts, OfEveryFamilysTemplateAreNotHidden) {
  const std::regex mark(R"(<[|｜][^<> ]{1,40}[|｜]>|\[/?[A-Z_]+\]|</?[a-z_]+>|<s>|</s>)");
  for (const std::string& family : testing::known_templates()) {
    const std::string text = testing::template_text(family);
    std::set<std::string> marks = {"<s>", "</s>"};
    for (std::sregex_iterator at(text.begin(), text.end(), mark), end; at != end; ++at)
      marks.insert(at->str());
    const auto aware = testing::load_template(family, {marks.begin(), marks.end()});
    ASSERT_NE(aware, nullptr) << family;
    chat::Request request;
    request.messages = {said(chat::Role::kUser, "What is it?"), said(chat::Role::kAssistant, "So."),
                        said(chat::Role::kUser, "And then?")};
    if (aware->capabilities().tools) request.tools = testing::two_tools();
    const auto rendered = aware->render(request);
    if (!rendered) continue;  // it wants another conversation
    EXPECT_THAT(rendered->pieces, ::testing::SizeIs(1)) << family;
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
