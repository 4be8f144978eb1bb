// Prompts from named templates, for those who write their own: the rooms above, and programs that
// embed Hearth. Beside the built-in ways to write a conversation (model_type.h) stand those of a
// folder (template_folder.h), which win over built-in ones of the same name. Not for a chat with a
// loaded model, whose own template is right and keeps control tokens out of what people wrote:
// here a prompt is one text, and a mark in a message is a mark in the prompt.
//
// Threads:    immutable; thread-safe.
// Errors:     kNotFound for a name that stands for nothing, with the nearest that does; otherwise
//             those of jinja.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "dialogue/template_folder.h"

namespace hearth::dialogue {

// How long a prompt may be, and what goes when it is longer; see history.h.
struct PromptLimit {
  std::uint32_t tokens_max = 0;
  chat::History history = chat::History::kDropOldest;
  std::function<std::uint32_t(std::string_view)> count;  // of the tokens of a text
};

class PromptFormatter {
 public:
  // Built-in templates alone, or with those of a folder that exists.
  static Result<std::unique_ptr<PromptFormatter>> create(std::string folder = {});

  // A template by its name, with the text of a JSON object.
  Result<std::string> apply_template(std::string_view name, std::string_view variables) const;
  Result<std::vector<std::string>> names() const;  // sorted

  // `model_type` is the name of a template, or of a model or architecture that one is known for.
  // The prompt ends where the answer begins; or, where the last message is an assistant's, with
  // that one, for the answer to go on.
  Result<std::string> format_prompt(std::span<const chat::Message> messages,
                                    std::string_view model_type) const;
  // kContextOverflow when even what has to stay does not fit.
  Result<std::string> format_prompt(std::span<const chat::Message> messages,
                                    std::string_view model_type, const PromptLimit& limit) const;
  // What a prompt begins with that has this system's text.
  Result<std::string> format_system_prompt(std::string_view text,
                                           std::string_view model_type) const;
  // The answer in what a model wrote; see bare_answer.h. For built-in model types.
  Result<std::string> extract_response(std::string_view raw, std::string_view model_type) const;

 private:
  explicit PromptFormatter(TemplateFolder folder) : folder_(std::move(folder)) {}

  Result<Jinja> load_template(std::string_view name) const;
  Result<Jinja> load_for_model(std::string_view model_type) const;
  Failure unknown(std::string_view name) const;

  TemplateFolder folder_;
};

}  // namespace hearth::dialogue
