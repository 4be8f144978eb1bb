#include "engine/prompt.h"

#include <algorithm>

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
