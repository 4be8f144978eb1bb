// The templates that come with llama.cpp, a conversation with tools to try them with, and what an
// answer said in sum. For tests.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/answer_reader.h"
#include "dialogue/chat_template.h"

namespace hearth::dialogue::testing {

// With a sanitizer all of this takes ten times as long, and what one looks for is in the code that
// templates share: some of them are enough there.
#ifdef HEARTH_SANITIZER_ADDRESS
inline constexpr std::size_t kEveryTemplate = 6;
#else
inline constexpr std::size_t kEveryTemplate = 1;
#endif

inline std::vector<std::string> known_templates() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(HEARTH_LLAMA_TEMPLATES)) {
    if (entry.path().extension() == ".jinja") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  std::vector<std::string> taken;
  for (std::size_t place = 0; place < names.size(); place += kEveryTemplate)
    taken.push_back(names[place]);
  return taken;
}

inline std::string template_text(const std::string& name) {
  std::ifstream file(std::filesystem::path(HEARTH_LLAMA_TEMPLATES) / (name + ".jinja"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::unique_ptr<ChatTemplate> load_template(const std::string& name,
                                                   std::vector<std::string> special_texts = {}) {
  auto made = ChatTemplate::create({.text = template_text(name),
                                    .begin_text = "<s>",
                                    .end_text = "</s>",
                                    .special_texts = std::move(special_texts)});
  return made ? std::move(*made) : nullptr;
}

inline chat::Message said(chat::Role role, std::string content) {
  return {.role = role, .content = std::move(content)};
}

inline std::vector<chat::Tool> two_tools() {
  return {{.name = "get_weather",
           .description = "Tells the weather of a city.",
           .parameters = R"({"type":"object","properties":{
             "city":{"type":"string"},"note":{"type":"string"},"days":{"type":"integer"},
             "options":{"type":"object","properties":{"unit":{"type":"string"},
               "hours":{"type":"array","items":{"type":"number"}}}}},"required":["city"]})"},
          {.name = "add",
           .description = "Adds two numbers.",
           .parameters = R"({"type":"object","properties":{"a":{"type":"number"},
             "b":{"type":"number"}},"required":["a","b"]})"}};
}

inline chat::Tool tool_of(const std::string& name, const std::string& property) {
  return {name, "Does " + name + ".",
          R"({"type":"object","properties":{"a":)" + property +
              R"(},"$defs":{"x":{"type":"string"}}})"};
}

// A tool for each of the forms in which people write schemas.
inline std::vector<chat::Tool> tools_of_all_forms() {
  constexpr const char* kForms[] = {
      R"({"type":["string","null"]})",
      R"({"anyOf":[{"type":"string"},{"type":"null"}]})",
      R"({"anyOf":[{"type":"integer"},{"type":"array","items":{"type":["integer","null"]}}]})",
      R"({"enum":["a",null]})",
      R"({"const":3})",
      R"({"$ref":"#/$defs/x"})",
      R"({"allOf":[{"$ref":"#/$defs/x"}],"description":"An x."})",
      R"({"type":"array"})",
      R"({"type":"array","items":true})",
      R"({"type":"array","items":{"type":"object","properties":{"b":{"$ref":"#/$defs/x"}}}})",
      R"({"type":"array","prefixItems":[{"type":"string"}]})",
      R"({"type":"object","properties":{"b":{"type":["string","null"]},"c":true}})",
      R"({"type":"object","additionalProperties":{"type":["string","null"]}})",
      R"({"type":"null"})",
      "true",
      "{}"};
  std::vector<chat::Tool> tools;
  for (const char* form : kForms)
    tools.push_back(tool_of("tool" + std::to_string(tools.size()), form));
  return tools;
}

inline std::string joined(const std::vector<PromptPiece>& pieces) {
  std::string all;
  for (const PromptPiece& piece : pieces)
    all += piece.text;
  return all;
}

// All deltas of an answer, put together.
struct Heard {
  std::string text;
  std::string thinking;
  std::vector<chat::ToolCall> calls;
  std::vector<std::string> warnings;

  void add(const std::vector<chat::Event>& events) {
    for (const chat::Event& event : events) {
      if (const auto* said = std::get_if<chat::TextDelta>(&event)) text += said->text;
      if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event)) thinking += thought->text;
      if (const auto* warning = std::get_if<chat::Warning>(&event))
        warnings.push_back(warning->text);
      if (const auto* piece = std::get_if<chat::ToolCallDelta>(&event)) add(*piece);
    }
  }
  void add(const chat::ToolCallDelta& piece) {
    if (piece.index == calls.size()) calls.push_back({piece.id, piece.name, {}});
    calls.at(piece.index).arguments += piece.arguments;
  }
  // Ids that were made up differ from reading to reading.
  void forget_ids() {
    for (chat::ToolCall& call : calls)
      call.id.clear();
  }
  bool operator==(const Heard&) const = default;
};

// Reads an answer that comes in these pieces.
inline Heard hear(const AnswerFormat& format, const std::vector<std::string_view>& pieces,
                  Rest rest = Rest::kText) {
  const auto reader = AnswerReader::create(format);
  Heard heard;
  for (const std::string_view piece : pieces)
    heard.add(reader->add(piece));
  heard.add(reader->finish(rest));
  heard.forget_ids();
  return heard;
}

inline Heard hear_bytes(const AnswerFormat& format, std::string_view answer) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < answer.size(); ++i)
    pieces.push_back(answer.substr(i, 1));
  return hear(format, pieces);
}

}  // namespace hearth::dialogue::testing
