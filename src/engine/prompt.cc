#include "engine/prompt.h"

#include <algorithm>
#include <string>

#include "chat/request_part.h"

namespace hearth::engine {

namespace {

Result<std::vector<Token>> tokenize(const Model& model,
                                    const std::vector<dialogue::PromptPiece>& pieces) {
  const auto from_template = [](const dialogue::PromptPiece& piece) { return piece.from_template; };
  if (std::all_of(pieces.begin(), pieces.end(), from_template)) {
    // The usual case, tokenized exactly as the model was trained on it: in one go.
    std::string all;
    for (const dialogue::PromptPiece& piece : pieces)
      all += piece.text;
    return model.tokenize(all, SpecialText::kParsed, SpecialEnds::kAdded);
  }
  std::vector<Token> tokens;
  if (const auto begin = model.begin_token()) tokens.push_back(*begin);
  for (const dialogue::PromptPiece& piece : pieces) {
    const auto part = HEARTH_TRY(tokenize_piece(model, piece));
    tokens.insert(tokens.end(), part.begin(), part.end());
  }
  if (const auto end = model.end_token()) tokens.push_back(*end);
  return tokens;
}

std::string text_of(const Model& model, Token token) {
  if (token < 0) return {};  // it has none
  const char* text = llama_vocab_get_text(model.vocab(), token);
  return text == nullptr ? std::string() : std::string(text);
}

// Many templates write the begin token that tokenizing adds by itself.
void drop_doubled_begin(const Model& model, std::vector<Token>& tokens) {
  const auto begin = model.begin_token();
  if (begin && tokens.size() > 1 && tokens[0] == *begin && tokens[1] == *begin) {
    tokens.erase(tokens.begin());
  }
}

// In the order that these models were taught: what is before the gap, what is after it, and then
// the answer. None of it is the client's to mark.
Result<std::vector<Token>> tokenize_gap(const Model& model, const std::string& before,
                                        const std::string& after) {
  const Token begin = llama_vocab_fim_pre(model.vocab());
  const Token middle = llama_vocab_fim_suf(model.vocab());
  const Token end = llama_vocab_fim_mid(model.vocab());
  if (begin < 0 || middle < 0 || end < 0) {
    return fail(Code::kInvalidArgument,
                "this model was not taught to fill a gap: its vocabulary has no tokens for a "
                "suffix; use one that was, as most models for code were",
                chat::part_context({chat::RequestPart::Kind::kSuffix}));
  }
  std::vector<Token> tokens;
  if (const auto first = model.begin_token()) tokens.push_back(*first);
  tokens.push_back(begin);
  const auto head = HEARTH_TRY(model.tokenize_as_text(before, SpecialEnds::kNone));
  tokens.insert(tokens.end(), head.begin(), head.end());
  tokens.push_back(middle);
  const auto tail = HEARTH_TRY(model.tokenize_as_text(after, SpecialEnds::kNone));
  tokens.insert(tokens.end(), tail.begin(), tail.end());
  tokens.push_back(end);
  return tokens;
}

// A client that counts in tokens says all of them, the one that begins a text too.
Result<std::vector<Token>> checked(const Model& model, const std::vector<std::int32_t>& tokens) {
  const auto unknown = std::find_if(tokens.begin(), tokens.end(), [&](Token token) {
    return token < 0 || token >= model.vocabulary();
  });
  if (unknown == tokens.end()) return tokens;
  return fail(Code::kInvalidArgument,
              "the prompt has the token " + std::to_string(*unknown) +
                  "; those of this model are 0 to " + std::to_string(model.vocabulary() - 1),
              chat::part_context({chat::RequestPart::Kind::kMessages}));
}

}  // namespace

Result<std::unique_ptr<dialogue::ChatTemplate>> make_chat_template(const Model& model,
                                                                   const std::string& other) {
  dialogue::ChatTemplate::Source source;
  source.text = other.empty() ? model.chat_template() : other;
  source.begin_text = text_of(model, llama_vocab_bos(model.vocab()));
  source.end_text = text_of(model, llama_vocab_eos(model.vocab()));
  source.special_texts = model.special_texts();
  return dialogue::ChatTemplate::create(std::move(source));
}

Result<std::vector<Token>> tokenize_piece(const Model& model, const dialogue::PromptPiece& piece) {
  if (!piece.from_template) return model.tokenize_as_text(piece.text, SpecialEnds::kNone);
  return model.tokenize(piece.text, SpecialText::kParsed, SpecialEnds::kNone);
}

Result<std::vector<Token>> tokenize_prompt(const Model& model,
                                           const std::vector<dialogue::PromptPiece>& pieces) {
  auto tokens = HEARTH_TRY(tokenize(model, pieces));
  drop_doubled_begin(model, tokens);
  return tokens;
}

Result<Prompt> make_prompt(const Model& model, const dialogue::ChatTemplate* chat_template,
                           const chat::Request& request, const base::CancelToken& cancel) {
  Prompt prompt;
  if (request.raw_prompt && request.suffix) {
    prompt.tokens = HEARTH_TRY(tokenize_gap(model, *request.raw_prompt, *request.suffix));
    return prompt;
  }
  if (request.raw_prompt && !request.raw_tokens.empty()) {
    prompt.tokens = HEARTH_TRY(checked(model, request.raw_tokens));
    return prompt;
  }
  if (request.raw_prompt) {
    prompt.tokens =
        HEARTH_TRY(model.tokenize(*request.raw_prompt, SpecialText::kParsed, SpecialEnds::kAdded));
    return prompt;
  }
  auto rendered = HEARTH_TRY(chat_template->render(request, cancel));
  prompt.tokens = HEARTH_TRY(tokenize_prompt(model, rendered.pieces));
  prompt.format = std::move(rendered.format);
  return prompt;
}

std::vector<Token> tokens_between_turns(const Model& model,
                                        const dialogue::ChatTemplate& chat_template) {
  return model.tokenize(chat_template.between_turns(), SpecialText::kParsed, SpecialEnds::kNone)
      .value_or(std::vector<Token>());
}

}  // namespace hearth::engine
