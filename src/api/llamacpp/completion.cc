// POST /completion and /infill: what was asked is put together and answered.
#include <memory>
#include <utility>

#include "api/core/reply.h"
#include "api/llamacpp/completion_fields.h"
#include "api/llamacpp/completion_writer.h"
#include "api/llamacpp/routes.h"

namespace hearth::api::llamacpp {

namespace {

Blank blank_of(const Call& call, const Parts& parts) {
  return [&call, &parts](const std::string& named) -> Result<chat::Request> {
    std::string model = HEARTH_TRY(model_meant(call, parts, named));
    chat::Request request = parts.answers.blank(model);
    request.model = std::move(model);
    return request;
  };
}

// A text between tokens becomes tokens, too. Only one that begins a prompt gets the model's own
// begin.
asio::awaitable<std::optional<Result<RawPrompt>>> joined(Call& call, Parts parts,
                                                         const CompletionAsk& ask,
                                                         PromptParts prompt) {
  using Joined = std::optional<Result<RawPrompt>>;
  if (prompt.size() == 1) co_return Joined(std::move(prompt.front()));
  RawPrompt whole;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    std::vector<std::int32_t> tokens = std::move(prompt[i].tokens);
    if (tokens.empty()) {
      chat::TokenizeRequest request;
      request.model = ask.call.request.model;
      request.text = std::move(prompt[i].text);
      request.add_special = i == 0;
      request.parse_special = true;
      auto made = co_await ask_tokens(call, parts, std::move(request));
      if (!made) co_return std::nullopt;
      if (!*made) co_return Joined(fail(made->error()));
      tokens = std::move((*made)->ids);
    }
    whole.tokens.insert(whole.tokens.end(), tokens.begin(), tokens.end());
  }
  co_return Joined(std::move(whole));
}

CompletionTerms terms_of(const CompletionAsk& ask) {
  CompletionTerms terms;
  terms.model = ask.call.request.model;
  terms.request = ask.call.request;
  terms.n_predict = ask.n_predict;
  terms.n_probs = ask.n_probs;
  terms.stream = ask.call.stream;
  terms.return_tokens = ask.return_tokens;
  terms.timings_per_token = ask.timings_per_token;
  terms.response_fields = ask.response_fields;
  terms.reads_only = ask.reads_only();
  return terms;
}

asio::awaitable<void> answer(Call& call, Parts parts, Result<CompletionAsk> read) {
  if (!read) {
    co_await send_error(call.exchange, read.error());
    co_return;
  }
  CompletionAsk ask = *std::move(read);
  name_ignored(call.exchange, ask.call.ignored);
  CompletionWriter::Shown shown{{}, ask.prompts.is_list};
  AnswerJob job;
  job.choices = ask.call.choices;
  job.form = ask.call.stream ? AnswerJob::Form::kStream : AnswerJob::Form::kWhole;
  for (PromptParts& parts_of_one : ask.prompts.all) {
    auto prompt = co_await joined(call, parts, ask, std::move(parts_of_one));
    if (!prompt) co_return;  // the client has gone
    if (!*prompt) {
      co_await send_error(call.exchange, prompt->error());
      co_return;
    }
    shown.prompts.push_back((*prompt)->text);
    job.prompts.push_back(**std::move(prompt));
  }
  CompletionWriter writer(terms_of(ask), std::move(shown));
  job.request = std::move(ask.call.request);
  co_await parts.answers.give(call, std::move(job), writer);
}

}  // namespace

asio::awaitable<void> complete(Call& call, Parts parts) {
  return answer(call, parts, read_completion(call.exchange.request().body, blank_of(call, parts)));
}

asio::awaitable<void> fill_gap(Call& call, Parts parts) {
  return answer(call, parts, read_infill(call.exchange.request().body, blank_of(call, parts)));
}

}  // namespace hearth::api::llamacpp
