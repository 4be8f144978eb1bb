#include "dialogue/template_trial.h"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <string_view>

#include "dialogue/jinja_engine.h"
#include "dialogue/jinja_fault.h"
#include "dialogue/jinja_program.h"

namespace hearth::dialogue {

namespace {

using ::jinja::mk_val;
using ::jinja::value;

// What the engine says of values that are not there.
constexpr std::string_view kNotThere = "ndefined";

struct Form {
  bool parts = false;  // contents are lists of them
  bool system = false;
  bool second_turn = false;
};

constexpr Form kForms[] = {
    {},
    {.second_turn = true},
    {.system = true},
    {.system = true, .second_turn = true},
    {.parts = true},
    {.parts = true, .second_turn = true},
    {.parts = true, .system = true},
    {.parts = true, .system = true, .second_turn = true},
};

value text_of(const std::string& text) {
  return mk_val<::jinja::value_string>(text);
}

value content_of(const Form& form, const std::string& text) {
  if (!form.parts) return text_of(text);
  auto part = mk_val<::jinja::value_object>();
  part->insert("type", text_of("text"));
  part->insert("text", text_of(text));
  auto parts = mk_val<::jinja::value_array>();
  parts->push_back(part);
  return parts;
}

value messages_of(const Form& form) {
  auto messages = mk_val<::jinja::value_array>();
  const auto say = [&](const std::string& role, const std::string& text) {
    auto message = mk_val<::jinja::value_object>();
    message->insert("role", text_of(role));
    message->insert("content", content_of(form, text));
    messages->push_back(message);
  };
  if (form.system) say("system", "Be brief.");
  say("user", "Hello.");
  if (!form.second_turn) return messages;
  say("assistant", "Hello! What is it?");
  say("user", "Nothing.");
  return messages;
}

// What the engine says against writing it; nothing when it is written.
std::optional<std::string> objection(const ::jinja::lexer_result& read, const Form& form) {
  try {
    const auto program = watched_program(read, Undefined::kEmpty);
    ::jinja::context context(read.source);
    context.set_val("messages", messages_of(form));
    context.set_val("bos_token", text_of("<s>"));
    context.set_val("eos_token", text_of("</s>"));
    context.set_val("add_generation_prompt", mk_val<::jinja::value_bool>(true));
    context.set_val("enable_thinking", mk_val<::jinja::value_bool>(true));
    (void)::jinja::runtime(context).execute(program);
  } catch (const std::exception& error) {
    return error.what();
  }
  return std::nullopt;
}

bool asks_for_messages(const ::jinja::lexer_result& read) {
  return std::any_of(read.tokens.begin(), read.tokens.end(), [](const ::jinja::token& token) {
    return token.t == ::jinja::token::type::identifier && token.value == "messages";
  });
}

}  // namespace

Result<void> try_conversations(const std::string& text) {
  const auto read = ::jinja::lexer().tokenize(text);
  if (!asks_for_messages(read)) return {};
  std::optional<std::string> first;
  for (const Form& form : kForms) {
    const auto said = objection(read, form);
    if (!said) return {};
    if (!first) first = said;
  }
  const JinjaFault fault = fault_of(*first, read.source);
  if (fault.sentence.find(kNotThere) != std::string::npos) return {};
  return fail(Code::kUnimplemented, in_words(fault));
}

}  // namespace hearth::dialogue
