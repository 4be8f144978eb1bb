#include "cli/answer_options.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "base/fd.h"
#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

using Kind = chat::Constraint::Kind;

constexpr std::uint32_t kThinkTokensMax = 1U << 30;

Result<std::string> load_text(const std::string& path) {
  std::string text = HEARTH_TRY(base::load_text_file(path, kOptionFileBytesMax));
  if (!base::is_utf8(text)) {
    return fail(Code::kInvalidArgument, "'" + path + "' is not UTF-8 text", path);
  }
  return text;
}

// As it stands in the file, so that members keep their order.
Result<std::string> load_json(const std::string& path, bool (json::Node::*is_kind)() const,
                              const std::string& wanted) {
  std::string text = HEARTH_TRY(load_text(path));
  const auto value = json::parse(text);
  if (!value) {
    return fail(Code::kInvalidArgument, "'" + path + "' is not JSON: " + value.error().message,
                path);
  }
  if (!(json::Node(*value).*is_kind)()) {
    return fail(Code::kInvalidArgument, "'" + path + "' must be " + wanted, path);
  }
  return text;
}

}  // namespace

void add_thinking_options(CLI::App& command, AnswerOptions& options, CompletionRequest& request) {
  command.add_option("--think", options.thinking, "Whether the model thinks before it answers")
      ->check(CLI::IsMember({"on", "off"}));
  command
      .add_option("--think-tokens", request.thinking_tokens_max,
                  "After so many tokens of thinking it has to answer")
      ->check(CLI::Range(0U, kThinkTokensMax));
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
    auto schema =
        HEARTH_TRY(load_json(options.schema_file, &json::Node::is_object, "a JSON schema object"));
    request.constraint = {Kind::kSchema, std::move(schema)};
  } else if (!options.grammar_file.empty()) {
    request.constraint = {Kind::kGrammar, HEARTH_TRY(load_text(options.grammar_file))};
  } else if (options.json_object) {
    request.constraint.kind = Kind::kAnyObject;
  }
  if (!options.tools_file.empty()) {
    request.tools =
        HEARTH_TRY(load_json(options.tools_file, &json::Node::is_array, "an array of tools"));
  }
  if (!options.thinking.empty()) request.thinking = options.thinking == "on";
  return {};
}

}  // namespace hearth::cli
