#include "api/llamacpp/completion_writer.h"

#include <utility>
#include <variant>

#include "api/llamacpp/errors.h"
#include "chat/request_part.h"

namespace hearth::api::llamacpp {

namespace {

std::string event_of(const std::string& body) {
  return "data: " + body + "\n\n";
}

// A model without tokens for a gap is a server that cannot do this.
Error in_words_of_theirs(Error error) {
  const auto part = chat::find_part(error.context);
  if (part && part->kind == chat::RequestPart::Kind::kSuffix) error.code = Code::kUnimplemented;
  return error;
}

bool has_new_line(std::string_view text) {
  return text.find('\n') != std::string_view::npos;
}

}  // namespace

CompletionWriter::CompletionWriter(CompletionTerms terms, Shown shown)
    : terms_(std::move(terms)), shown_(std::move(shown)) {}

std::string CompletionWriter::end(std::size_t index, const Tally& tally) const {
  const Choice& choice = tally.choices()[index];
  const std::size_t each = tally.choices().size() / shown_.prompts.size();
  const bool streamed = index < said_.size() && said_[index].has_new_line;
  return end_body(terms_, {index, shown_.prompts[index / each], choice,
                           streamed || has_new_line(choice.text), tally.summary()});
}

std::string CompletionWriter::whole(const Tally& tally) {
  std::string all;
  const std::size_t count = tally.choices().size();
  for (std::size_t choice = 0; choice < count; ++choice) {
    if (choice > 0) all += ',';
    all += end(choice, tally);
  }
  return shown_.is_list || count > 1 ? "[" + all + "]" : all;
}

ErrorReply CompletionWriter::refusal(const Error& error) {
  return error_reply(in_words_of_theirs(error), {}, {});
}

std::string CompletionWriter::begin(const Tally& tally) {
  tally_ = &tally;
  said_.resize(tally.choices().size());
  return {};
}

std::string CompletionWriter::delta(const ChoiceEvent& event) {
  const auto* delta = std::get_if<chat::TextDelta>(&event.event);
  if (delta == nullptr || terms_.reads_only) return {};
  Said& said = said_[event.choice];
  const base::TimePoint now = base::system_clock().now();
  if (!said.began) said.began = now;
  said.tokens += delta->tokens;
  said.has_new_line = said.has_new_line || has_new_line(delta->text);
  const chat::Started& started = tally_->choices()[event.choice].started;
  return event_of(piece_body(terms_, {event.choice, *delta, said.tokens, started.prompt_tokens,
                                      base::to_ms(now - *said.began)}));
}

std::string CompletionWriter::finish(std::size_t choice, const Tally& tally) {
  return event_of(end(choice, tally));
}

std::string CompletionWriter::failure(const Error& error) {
  return event_of(refusal(error).body);
}

}  // namespace hearth::api::llamacpp
