// What is asked becomes what the loop computes: checked on the caller's thread as far as that is
// cheap, and then turned into tokens on a worker.
#include <algorithm>

#include "base/random.h"
#include "chat/request_part.h"
#include "engine/begun_answer.h"
#include "engine/embedder.h"
#include "engine/engine.h"
#include "engine/limits.h"
#include "engine/prompt_fit.h"

namespace hearth::engine {

namespace {

Error prompt_too_long(const std::string& tokens, const wire::Loaded& model) {
  const bool could_be_larger = model.context < model.context_trained;
  return make_error(Code::kContextOverflow,
                    "the prompt has " + tokens +
                        " tokens and leaves no room for an answer in the context of " +
                        std::to_string(model.context) + "; shorten it" +
                        (could_be_larger ? " or set a larger model.context"
                                         : ", or use a model with a larger context"));
}

Result<std::vector<Token>> tokenize_text(const Model& model, const chat::TokenizeRequest& asked) {
  const auto ends = asked.add_special ? SpecialEnds::kAdded : SpecialEnds::kNone;
  if (asked.parse_special) return model.tokenize(asked.text, SpecialText::kParsed, ends);
  return model.tokenize_as_text(asked.text, ends);
}

Result<std::vector<std::string>> pieces_of(const Model& model, const std::vector<Token>& tokens) {
  std::vector<std::string> pieces;
  for (const Token token : tokens) {
    if (token < 0 || token >= model.vocabulary()) {
      return fail(Code::kInvalidArgument,
                  "there is no token " + std::to_string(token) + "; those of this model are 0 to " +
                      std::to_string(model.vocabulary() - 1),
                  chat::part_context({chat::RequestPart::Kind::kInput}));
    }
    pieces.push_back(HEARTH_TRY(model.piece(token, SpecialText::kParsed)));
  }
  return pieces;
}

Result<std::string> text_of(const Model& model, const std::vector<Token>& tokens) {
  std::string text;
  for (const std::string& piece : HEARTH_TRY(pieces_of(model, tokens)))
    text += piece;
  return text;
}

std::string text_of(const std::vector<dialogue::PromptPiece>& pieces) {
  std::string text;
  for (const dialogue::PromptPiece& piece : pieces)
    text += piece.text;
  return text;
}

// The model's own end stays at the end.
void cut_to(std::size_t longest, const Model& model, std::vector<Token>& tokens) {
  if (tokens.size() <= longest) return;
  const bool ends = model.end_token() && tokens.back() == *model.end_token();
  tokens.resize(longest);
  if (ends) tokens.back() = *model.end_token();
}

}  // namespace

std::size_t rule_bytes(const chat::Request& asked) {
  std::size_t bytes = asked.constraint.text.size();
  for (const chat::Tool& tool : asked.tools)
    bytes += tool.parameters.size();
  return bytes;
}

bool is_long(const chat::Request& asked) {
  return asked.messages.size() + asked.tools.size() > kLongPromptParts ||
         text_bytes(asked) > kLongPromptBytes;
}

std::size_t next_of(const std::deque<Embedding>& embeddings, const FairShare& clients,
                    base::TimePoint now) {
  auto next = std::ranges::find_if(
      embeddings, [](const Embedding& embedding) { return embedding.cancel.cancelled(); });
  if (next == embeddings.end()) {
    next = std::ranges::min_element(embeddings, {}, [&](const Embedding& embedding) {
      return clients.recent(embedding.client, now);
    });
  }
  return static_cast<std::size_t>(next - embeddings.begin());
}

Error too_many_wait() {
  return make_error(Code::kResourceExhausted, "too many requests wait for this model; try again");
}

std::size_t text_bytes(const chat::Request& asked) {
  if (asked.raw_prompt) {
    return asked.raw_prompt->size() + asked.suffix.value_or("").size() + asked.raw_tokens.size();
  }
  std::size_t bytes = 0;
  for (const chat::Message& message : asked.messages) {
    bytes += message.content.size() + message.thinking.size();
    for (const chat::ToolCall& call : message.tool_calls)
      bytes += call.name.size() + call.arguments.size();
  }
  for (const chat::Tool& tool : asked.tools)
    bytes += tool.name.size() + tool.description.size() + tool.parameters.size();
  return bytes;
}

Result<void> Engine::check_prompt(const chat::Request& asked) const {
  if (!model_->generates()) {
    return fail(Code::kInvalidArgument, "this model makes embeddings and cannot write text");
  }
  // A template may leave out what was said or thought long ago, so only what is far too much is
  // refused without asking it: turning very much into tokens takes long.
  const std::size_t tokens =
      std::max(model_->tokens_at_least(text_bytes(asked)), asked.messages.size());
  const bool is_whole = asked.raw_prompt && asked.overflow == chat::Overflow::kError;
  const std::size_t contexts = is_whole ? 1 : kCutContextsMax;
  if (tokens >= contexts * options_.context) {
    return fail(prompt_too_long("at least " + std::to_string(tokens), describe()));
  }
  return {};
}

Result<void> Engine::check_embedding(const chat::EmbedRequest& asked) const {
  using Part = chat::RequestPart;
  if (!model_->embeds()) {
    return fail(Code::kInvalidArgument,
                "this model makes no embeddings; use one that does, or one that writes text",
                chat::part_context({Part::Kind::kModel}));
  }
  const std::size_t whole = embedder_->dimensions();
  if (asked.dimensions > whole) {
    return fail(Code::kInvalidArgument,
                "the vectors of this model have " + std::to_string(whole) +
                    " dimensions and cannot have " + std::to_string(asked.dimensions),
                chat::part_context({Part::Kind::kDimensions}));
  }
  const std::size_t bytes_each = sizeof(float) * (asked.dimensions > 0 ? asked.dimensions : whole);
  const std::size_t most = std::min(kEmbedInputsMax, kEmbedBytesMax / bytes_each);
  if (asked.inputs() > most) {
    return fail(Code::kInvalidArgument,
                "this model embeds at most " + std::to_string(most) +
                    " inputs in one request, and these are " + std::to_string(asked.inputs()) +
                    "; send them in parts",
                chat::part_context({Part::Kind::kInput}));
  }
  for (std::size_t i = 0; i < asked.texts.size(); ++i) {
    const std::size_t tokens = model_->tokens_at_least(asked.texts[i].size());
    const std::size_t lengths = asked.truncate ? kCutContextsMax : 1;
    if (tokens <= lengths * embedder_->longest()) continue;
    return fail(chat::about({Part::Kind::kInput},
                            embedder_->too_long(i, "at least " + std::to_string(tokens))));
  }
  return {};
}

// Text that waited for its turn while its request, or the engine, ended is not worth tokenizing.
Result<void> Engine::still_wanted(const Arrival& arrival) const {
  if (stopping_) return fail(Code::kUnavailable, kUnloaded);
  if (arrival.cancel.cancelled()) return fail(Code::kCancelled, "cancelled");
  return {};
}

Result<Drafted> Engine::draft(const Arrival& arrival, chat::Request asked) {
  HEARTH_TRY(still_wanted(arrival));
  auto sequence = std::make_unique<Sequence>();
  sequence->request = arrival.request;
  sequence->arrived = arrival.at;
  sequence->cancel = arrival.cancel;
  const dialogue::ChatTemplate* chat_template = nullptr;
  if (!asked.raw_prompt) chat_template = HEARTH_TRY(this->chat_template());
  auto fitted =
      HEARTH_TRY(fit_prompt(*model_, chat_template, asked, options_.context, arrival.cancel));
  sequence->tokens = std::move(fitted.prompt.tokens);
  sequence->prompt_size = sequence->tokens.size();
  sequence->dropped_tokens = static_cast<std::uint32_t>(fitted.dropped);
  sequence->dropped_messages = static_cast<std::uint32_t>(fitted.dropped_messages);
  if (sequence->tokens.empty()) return fail(Code::kInvalidArgument, "the prompt is empty");
  if (sequence->prompt_size >= options_.context) {
    return fail(prompt_too_long(std::to_string(sequence->prompt_size), describe()));
  }
  const auto room = options_.context - static_cast<std::uint32_t>(sequence->prompt_size);
  sequence->answer_max = asked.overflow == chat::Overflow::kShift
                             ? asked.max_tokens
                             : std::min(asked.max_tokens, room);
  sequence->seed = asked.sampling.seed.value_or(base::random_u32());
  sequence->sampler = HEARTH_TRY(make_sampler(asked.sampling, *sequence));
  const dialogue::AnswerFormat& format = fitted.prompt.format;
  sequence->said = tokens_said(*model_, format.said);
  if (!asked.raw_prompt) sequence->reader = dialogue::AnswerReader::create(format);
  auto rules = rules_.orders(asked, format, sequence->said);
  const bool all_is_text = format.all_is_text();
  if (!all_is_text) sequence->content = TextAssembler(asked.stop);
  sequence->text =
      TextAssembler(all_is_text ? asked.stop : std::vector<std::string>(), format.stops);
  sequence->credit = wire::kCreditStart;
  if (asked.deadline_ms > 0) {
    sequence->deadline = sequence->arrived + std::chrono::milliseconds(asked.deadline_ms);
  }
  sequence->asked = std::move(asked);
  return Drafted{std::move(sequence), std::move(rules)};
}

// To the loop; or first to who makes rules, which takes long, and nobody else's prompt waits for
// it.
void Engine::hand_on(const Arrival& arrival, Drafted drafted) {
  const auto pass = [this, arrival](Drafted whole) {
    auto sequence = bind(arrival, std::move(whole));
    if (!sequence) return fail_generation(arrival.request, sequence.error());
    post(std::move(*sequence));
  };
  if (drafted.rules.is_whole) return pass(std::move(drafted));
  const std::size_t bytes = rule_bytes(drafted.sequence->asked);
  const auto shared = std::make_shared<Drafted>(std::move(drafted));  // a job can be copied
  if (!rule_making_.post(bytes, [pass, shared] { pass(std::move(*shared)); })) {
    fail_generation(arrival.request, too_many_wait());
  }
}

// Knows the seed and the prompt of the sequence.
Result<std::unique_ptr<Sampler>> Engine::make_sampler(const chat::Sampling& sampling,
                                                      const Sequence& sequence) const {
  const SampledModel model{model_->vocab(), model_->vocabulary(), options_.context,
                           model_->end_tokens()};
  auto sampler = HEARTH_TRY(Sampler::create(model, sampling, sequence.seed));
  const std::size_t memory = std::min(sampler->memory(), sequence.tokens.size());
  for (auto token = sequence.tokens.end() - static_cast<std::ptrdiff_t>(memory);
       token != sequence.tokens.end(); ++token) {
    sampler->accept(*token);
  }
  return sampler;
}

// What the answer is held to. Knows how long it may be.
Result<std::unique_ptr<Sequence>> Engine::bind(const Arrival& arrival, Drafted drafted) {
  HEARTH_TRY(still_wanted(arrival));
  Orders orders = HEARTH_TRY(rules_.complete(std::move(drafted.rules), arrival.cancel));
  HEARTH_TRY(still_wanted(arrival));
  if (!orders.rule && !orders.thinking_max) return std::move(drafted.sequence);
  Sequence& sequence = *drafted.sequence;
  if (orders.rule) sequence.warnings = orders.rule->warnings;
  HEARTH_TRY(go_on(sequence.asked, orders));
  sequence.warnings.insert(sequence.warnings.end(), orders.warnings.begin(), orders.warnings.end());
  if (orders.calls == Orders::Calls::kNone) sequence.reader = dialogue::AnswerReader::create({});
  sequence.guide = HEARTH_TRY(Guide::create(std::move(orders),
                                            spelling_of(rules_.lexicon(), *model_, sequence.said),
                                            sequence.answer_max));
  return std::move(drafted.sequence);
}

Result<const dialogue::ChatTemplate*> Engine::chat_template() const {
  if (!template_) return fail(template_.error());
  return template_->get();
}

// Texts are the first inputs, lists of tokens the others.
Result<std::vector<Token>> Engine::input_tokens(const chat::EmbedRequest& asked,
                                                std::size_t input) const {
  if (input < asked.texts.size()) {
    return model_->tokenize_as_text(asked.texts[input], SpecialEnds::kAdded);
  }
  std::vector<Token> tokens = asked.token_lists[input - asked.texts.size()];
  const auto unknown = std::ranges::find_if(
      tokens, [&](Token token) { return token < 0 || token >= model_->vocabulary(); });
  if (unknown == tokens.end()) return tokens;
  return fail(Code::kInvalidArgument,
              "input " + std::to_string(input) + " has the token " + std::to_string(*unknown) +
                  "; those of this model are 0 to " + std::to_string(model_->vocabulary() - 1));
}

Result<Embedding> Engine::make_embedding(const Arrival& arrival, const chat::EmbedRequest& asked) {
  const chat::RequestPart part{chat::RequestPart::Kind::kInput};
  Embedding embedding;
  embedding.request = arrival.request;
  embedding.cancel = arrival.cancel;
  embedding.client = asked.client;
  const auto whole = static_cast<std::uint32_t>(embedder_->dimensions());
  embedding.result.dimensions = asked.dimensions > 0 ? asked.dimensions : whole;
  for (std::size_t i = 0; i < asked.inputs(); ++i) {
    HEARTH_TRY(still_wanted(arrival));
    auto tokens = HEARTH_TRY(chat::about(part, input_tokens(asked, i)));
    if (tokens.empty()) {
      return fail(Code::kInvalidArgument, "input " + std::to_string(i) + " is empty",
                  chat::part_context(part));
    }
    if (asked.truncate) cut_to(embedder_->longest(), *model_, tokens);
    if (tokens.size() > embedder_->longest()) {
      return fail(chat::about(part, embedder_->too_long(i, std::to_string(tokens.size()))));
    }
    embedding.result.prompt_tokens += static_cast<std::uint32_t>(tokens.size());
    embedding.inputs.push_back(std::move(tokens));
  }
  return embedding;
}

Result<chat::Tokens> Engine::make_tokens(const Arrival& arrival,
                                         const chat::TokenizeRequest& asked) {
  using Kind = chat::TokenizeRequest::Result;
  HEARTH_TRY(still_wanted(arrival));
  chat::Tokens tokens;
  if (asked.conversation) {
    const auto* chat_template = HEARTH_TRY(this->chat_template());
    const auto pieces = HEARTH_TRY(chat_template->write(*asked.conversation, arrival.cancel));
    tokens.ids = HEARTH_TRY(tokenize_prompt(*model_, pieces));
    if (asked.result == Kind::kText) tokens.text = text_of(pieces);
  } else if (asked.result == Kind::kText) {
    tokens.ids = asked.tokens;
    tokens.text = HEARTH_TRY(text_of(*model_, asked.tokens));
  } else {
    tokens.ids = HEARTH_TRY(tokenize_text(*model_, asked));
  }
  tokens.count = static_cast<std::uint32_t>(tokens.ids.size());
  if (asked.result == Kind::kPieces) tokens.pieces = HEARTH_TRY(pieces_of(*model_, tokens.ids));
  if (asked.result == Kind::kCount || asked.result == Kind::kText) tokens.ids.clear();
  return tokens;
}

}  // namespace hearth::engine
