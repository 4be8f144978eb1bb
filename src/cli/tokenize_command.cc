// `hearth tokenize`: the tokens of a text, or how many they are.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/utf8.h"
#include "cli/chat_command.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

using chat::TokenizeRequest;

struct Options {
  std::string model;
  std::vector<std::string> words;
  bool count = false;
  bool json = false;
};

std::string as_json(const TokenizeRequest& request, const chat::Tokens& tokens) {
  json::Writer json;
  json.open('{').key("model").text(request.model).key("count").number(tokens.count);
  if (request.result == TokenizeRequest::Result::kTokens) {
    json.key("tokens").open('[');
    for (const std::int32_t id : tokens.ids)
      json.number(id);
    json.close(']');
  }
  return json.close('}').take() + "\n";
}

std::string as_text(const TokenizeRequest& request, const chat::Tokens& tokens) {
  if (request.result == TokenizeRequest::Result::kCount) return std::to_string(tokens.count) + "\n";
  std::string text;
  for (const std::int32_t id : tokens.ids)
    text += (text.empty() ? "" : " ") + std::to_string(id);
  return text + "\n";
}

// What is piped in is taken byte by byte: a newline at its end is a token, too.
Result<int> tokenize(const Options& options, Context& context) {
  Console& console = context.console();
  TokenizeRequest request;
  request.text = joined_words(options.words);
  if (options.words.empty()) request.text = HEARTH_TRY(read_piped(console));
  if (options.words.empty() && console.input_is_terminal()) {
    console.notice("hearth: there is no text; give it after the model or pipe it in");
    return kExitUsage;
  }
  if (!base::is_utf8(request.text)) {
    return fail(Code::kInvalidArgument, "the text is not UTF-8");
  }
  if (options.count) request.result = TokenizeRequest::Result::kCount;
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  request.model = HEARTH_TRY(choose_model(daemon, options.model, context));
  const chat::Tokens tokens = HEARTH_TRY(daemon.tokenize(request));
  console.print(options.json ? as_json(request, tokens) : as_text(request, tokens));
  return kExitDone;
}

}  // namespace

void add_tokenize_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("tokenize", "Show the tokens of a text");
  command->add_option("MODEL", options->model, "A model's name, or the path of a GGUF file")
      ->required();
  command->add_option("TEXT", options->words, "The text; without it, what is piped in");
  command->add_flag("--count", options->count, "Only how many they are");
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return tokenize(*options, context); };
  });
}

}  // namespace hearth::cli
