// The few ways in which most models write a conversation, as small Jinja templates of our own,
// and the marks of each: for prompts that are made without the model's file. Where there is a
// file, its own template is right, through chat_template.h.
//
// None begins with the model's begin token, which its tokenizer adds.
//
// Threads: immutable.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace hearth::dialogue {

struct ModelType {
  std::string_view name;
  // Jinja, with `messages`; `system`, the system's texts joined; `turns`, the other messages; and
  // `add_generation_prompt`.
  std::string_view text;
  std::string_view answer_begin;       // what stands before an answer
  std::vector<std::string_view> ends;  // what ends one, or begins what somebody else says
  std::string_view thinking_begin = "<think>";
  std::string_view thinking_end = "</think>";
};

std::span<const ModelType> model_types();
// By its own name: "chatml".
const ModelType* find_model_type(std::string_view name);
// By the name of a model or of its architecture, as "qwen2.5-7b-instruct": a guess from a table.
const ModelType* guess_model_type(std::string_view model);

}  // namespace hearth::dialogue
