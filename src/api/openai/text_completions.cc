#include "api/openai/text_completions.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/core/own_body.h"
#include "api/core/reply.h"
#include "api/openai/text_body.h"
#include "api/openai/text_request.h"
#include "base/clock.h"
#include "base/ids.h"

namespace hearth::api::openai {

namespace {

using Alternatives = TextLogprobs::Alternatives;

constexpr std::string_view kNull = "null";

std::string field_of(const Error& error, const FieldNames& names) {
  std::string field = field_at_fault(error, names);
  return field == "messages" ? "prompt" : field;
}

// Of a token; what has none says nothing, and so comes last.
double likelihood(const Choice& choice) {
  if (!choice.logprobs || choice.logprobs->empty()) return -1e9;
  double sum = 0;
  for (const chat::TokenLogprob& one : *choice.logprobs)
    sum += std::max(-1e6, static_cast<double>(one.chosen.logprob));
  return sum / static_cast<double>(choice.logprobs->size());
}

std::optional<Alternatives> wish_of(const std::optional<std::uint32_t>& logprobs) {
  if (!logprobs) return std::nullopt;
  return *logprobs > 0 ? Alternatives::kTold : Alternatives::kNone;
}

// What is told in the place of an answer of which nothing was wanted.
Choice no_answer(const std::optional<std::uint32_t>& logprobs) {
  Choice none;
  none.reason = chat::Finished::Reason::kLength;
  if (logprobs) none.logprobs.emplace();
  return none;
}

class TextWriter final : public AnswerWriter {
 public:
  TextWriter(CompletionName name, const TextCall& call);

  std::string whole(const Tally& tally) override;
  ErrorReply refusal(const Error& error) override {
    return openai_error(error, field_of(error, names_), {});
  }
  std::string begin(const Tally& tally) override;
  std::string delta(const ChoiceEvent& event) override;
  std::string finish(std::size_t choice, const Tally& tally) override;
  std::string failure(const Error& error) override {
    return ChunkWriter::error(error, field_of(error, names_));
  }
  std::string ping() override { return std::string(ChunkWriter::ping()); }

 private:
  TextChoice told(std::size_t prompt, const Choice& choice) const;
  Summary summary(const Tally& tally) const;

  const CompletionName name_;
  const FieldNames names_;
  const TextChunks chunks_;
  std::vector<std::string> echoes_;  // one for each prompt, where it was asked for
  const std::size_t told_;           // of each prompt, of so many candidates
  const std::size_t candidates_;
  const std::optional<TextLogprobs::Alternatives> logprobs_wish_;
  std::vector<TextLogprobs> logprobs_;  // of each choice of a stream
  const bool reads_only_;
  const Choice none_;
};

TextWriter::TextWriter(CompletionName name, const TextCall& call)
    : name_(std::move(name)),
      names_(call.chat.names),
      chunks_(name_, call.chat.include_usage ? ChunkWriter::UsageField::kPresent
                                             : ChunkWriter::UsageField::kAbsent),
      told_(call.chat.choices),
      candidates_(call.candidates),
      logprobs_wish_(wish_of(call.chat.request.logprobs)),
      logprobs_(call.prompts.size() * call.candidates,
                TextLogprobs(logprobs_wish_.value_or(Alternatives::kNone))),
      reads_only_(call.reads_only),
      none_(no_answer(call.chat.request.logprobs)) {
  if (!call.echo) return;
  for (const RawPrompt& prompt : call.prompts)
    echoes_.push_back(prompt.text);
}

TextChoice TextWriter::told(std::size_t prompt, const Choice& choice) const {
  TextChoice told;
  if (!echoes_.empty()) told.echo = echoes_[prompt];
  told.choice = reads_only_ ? &none_ : &choice;
  told.logprobs = logprobs_wish_;
  return told;
}

Summary TextWriter::summary(const Tally& tally) const {
  Summary summary = tally.summary();
  if (reads_only_) summary.usage.completion_tokens = 0;
  return summary;
}

std::string TextWriter::whole(const Tally& tally) {
  std::vector<TextChoice> choices;
  for (std::size_t first = 0; first < tally.choices().size(); first += candidates_) {
    std::vector<std::size_t> order(candidates_);
    std::iota(order.begin(), order.end(), first);
    if (candidates_ > told_) {
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const double left = likelihood(tally.choices()[a]);
        const double right = likelihood(tally.choices()[b]);
        return left != right ? left > right : a < b;
      });
    }
    for (std::size_t i = 0; i < told_; ++i)
      choices.push_back(told(first / candidates_, tally.choices()[order[i]]));
  }
  return whole_text_completion(name_, choices, summary(tally));
}

std::string TextWriter::begin(const Tally& tally) {
  if (echoes_.empty()) return {};
  std::string echoes;
  for (std::size_t choice = 0; choice < tally.choices().size(); ++choice)
    echoes += chunks_.chunk(choice, echoes_[choice / candidates_], kNull, kNull);
  return echoes;
}

// A raw prompt is answered by text alone.
std::string TextWriter::delta(const ChoiceEvent& event) {
  const auto* text = std::get_if<chat::TextDelta>(&event.event);
  if (text == nullptr || reads_only_) return {};
  if (!logprobs_wish_) return chunks_.chunk(event.choice, text->text, kNull, kNull);
  json::Writer logprobs;
  logprobs_[event.choice].write(logprobs, text->logprobs);
  return chunks_.chunk(event.choice, text->text, logprobs.str(), kNull);
}

std::string TextWriter::finish(std::size_t choice, const Tally& tally) {
  std::string reason;
  const Choice& ended = reads_only_ ? none_ : tally.choices()[choice];
  json::append_quoted(reason, finish_reason(ended.reason));
  if (!tally.complete()) return chunks_.chunk(choice, "", kNull, reason);
  const Summary all = summary(tally);
  json::Writer own;
  write_own(own, all);
  std::string last = chunks_.chunk(choice, "", kNull, reason, R"(,"hearth":)" + own.str());
  if (chunks_.with_usage()) last += chunks_.usage(all.usage);
  last += ChunkWriter::done();
  return last;
}

}  // namespace

asio::awaitable<void> complete_text(Call& call, Answers& answers) {
  auto parsed = parse_text_call(call.exchange.request().body, [&answers](const std::string& model) {
    return answers.blank(model);
  });
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, std::move(parsed).error(), std::move(param));
    co_return;
  }
  name_ignored(call.exchange, parsed->chat.ignored);
  chat::Request& request = parsed->chat.request;
  CompletionName name{base::make_id("cmpl"), base::system_clock().wall_ms() / 1000, request.model};
  TextWriter writer(std::move(name), *parsed);
  // The best are found by how likely they are.
  if (parsed->candidates > parsed->chat.choices && !request.logprobs) request.logprobs = 0;
  const auto form = parsed->chat.stream ? AnswerJob::Form::kStream : AnswerJob::Form::kWhole;
  AnswerJob job{std::move(request), parsed->candidates, form, std::move(parsed->prompts)};
  co_await answers.give(call, std::move(job), writer);
}

}  // namespace hearth::api::openai
