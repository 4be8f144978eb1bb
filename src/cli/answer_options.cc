#include "cli/answer_options.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "base/fd.h"
#include "base/utf8.h"
#include "chat/keep_alive.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

using Kind = chat::Constraint::Kind;

constexpr std::uint32_t kThinkTokensMax = 1U << 30;

// An option and the file that it names.
struct OptionFile {
  std::string_view option;
  const std::string& path;

  Failure wrong(Code code, const std::string& why) const {
    return fail(code, std::string(option) + ": " + why, path);
  }
};

Result<std::string> load_text(const OptionFile& file) {
  auto text = base::load_text_file(file.path, kOptionFileBytesMax);
  if (!text) return file.wrong(text.error().code, text.error().message);
  if (!base::is_utf8(*text)) {
    return file.wrong(Code::kInvalidArgument, "'" + file.path + "' is not UTF-8 text");
  }
  return text;
}

// As it stands in the file, so that members keep their order.
Result<std::string> load_json(const OptionFile& file, bool (json::Node::*is_kind)() const,
                              const std::string& wanted) {
  std::string text = HEARTH_TRY(load_text(file));
  const auto value = json::parse(text);
  if (!value) {
    return file.wrong(Code::kInvalidArgument,
                      "'" + file.path + "' is not JSON: " + value.error().message);
  }
  if (!(json::Node(*value).*is_kind)()) {
    return file.wrong(Code::kInvalidArgument, "'" + file.path + "' must be " + wanted);
  }
  return text;
}

constexpr std::string_view kSchema = "--schema";
constexpr std::string_view kGrammar = "--grammar";
constexpr std::string_view kTools = "--tools";

}  // namespace

void add_thinking_options(CLI::App& command, AnswerOptions& options, CompletionRequest& request) {
  command.add_option("--think", options.thinking, "Whether the model thinks before it answers")
      ->check(CLI::IsMember({"on", "off"}));
  command
      .add_option("--think-tokens", request.thinking_tokens_max,
                  "After so many tokens of thinking it has to answer")
      ->check(CLI::Range(0U, kThinkTokensMax));
}

void add_keep_alive_option(CLI::App& command, std::string& text) {
  const auto check = [](const std::string& word) {
    const auto time = chat::parse_keep_alive(word);
    return time ? std::string() : time.error().message;
  };
  command
      .add_option("--keep-alive", text,
                  "How long the model stays loaded after that: 300, 5m, 1h; -1 is for ever")
      ->check(check);
}

void add_form_options(CLI::App& command, AnswerOptions& options) {
  CLI::Option_group* form = command.add_option_group("Form", "At most one of these");
  form->add_option("--schema", options.schema_file,
                   "The answer is JSON that fits the schema in this file");
  form->add_option("--grammar", options.grammar_file,
                   "The answer fits the grammar (GBNF) in this file");
  form->add_flag("--json-object", options.json_object, "The answer is a JSON object");
  form->require_option(0, 1);
  command.add_option("--tools", options.tools_file,
                     "Tools that the model may call, as an OpenAI request lists them; prints the "
                     "calls");
}

Result<void> apply(const AnswerOptions& options, CompletionRequest& request) {
  if (!options.schema_file.empty()) {
    auto schema = HEARTH_TRY(
        load_json({kSchema, options.schema_file}, &json::Node::is_object, "a JSON schema object"));
    request.constraint = {Kind::kSchema, std::move(schema)};
  } else if (!options.grammar_file.empty()) {
    const OptionFile file{kGrammar, options.grammar_file};
    auto grammar = HEARTH_TRY(load_text(file));
    if (grammar.empty()) return file.wrong(Code::kInvalidArgument, "'" + file.path + "' is empty");
    request.constraint = {Kind::kGrammar, std::move(grammar)};
  } else if (options.json_object) {
    request.constraint.kind = Kind::kAnyObject;
  }
  if (!options.tools_file.empty()) {
    request.tools = HEARTH_TRY(
        load_json({kTools, options.tools_file}, &json::Node::is_array, "an array of tools"));
  }
  if (!options.thinking.empty()) request.thinking = options.thinking == "on";
  return {};
}

Error about_option(const AnswerOptions& options, Error error) {
  struct Place {
    std::string_view field;  // of the request, which has what is in the file
    OptionFile file;
  };
  const Place places[] = {{"response_format", {kSchema, options.schema_file}},
                          {"grammar", {kGrammar, options.grammar_file}},
                          {"tools", {kTools, options.tools_file}}};
  for (const auto& [field, file] : places) {
    if (file.path.empty() || !error.context.starts_with(field)) continue;
    error.message = std::string(file.option) + " '" + file.path + "': " + error.message;
    error.context = file.path;
    break;
  }
  return error;
}

}  // namespace hearth::cli
