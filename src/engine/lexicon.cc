#include "engine/lexicon.h"

namespace hearth::engine {

namespace {

constexpr Token kNoToken = -1;  // no vocabulary has it

}  // namespace

Result<std::unique_ptr<Lexicon>> Lexicon::create(const Model& model) {
  std::unique_ptr<Lexicon> lexicon(new Lexicon(model));
  lexicon->bytes_.fill(kNoToken);
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(model.vocabulary()));
  for (Token token = 0; token < model.vocabulary(); ++token) {
    texts.push_back(HEARTH_TRY(model.piece(token)));
    if (texts.back().size() != 1) continue;
    Token& same = lexicon->bytes_[static_cast<unsigned char>(texts.back().front())];
    if (same == kNoToken) same = token;
  }
  lexicon->vocabulary_ = constraint::Vocabulary::create(std::move(texts), model.end_tokens());
  return lexicon;
}

std::vector<Token> Lexicon::spell(std::string_view text) const {
  if (text.empty()) return {};
  auto tokens = model_.tokenize(text, SpecialText::kPlain, SpecialEnds::kNone);
  if (tokens && says(*tokens, 0, text)) return *std::move(tokens);
  auto after = spell_after_newline(text);
  return after.empty() ? spell_bytes(text) : after;
}

// Some models begin every text with a blank of their own; behind a newline they do not.
std::vector<Token> Lexicon::spell_after_newline(std::string_view text) const {
  constexpr std::string_view kNewline = "\n";
  const auto tokens =
      model_.tokenize(std::string(kNewline).append(text), SpecialText::kPlain, SpecialEnds::kNone);
  for (std::size_t i = 0; tokens && i < tokens->size(); ++i) {
    if (model_.piece((*tokens)[i]).value_or("") != kNewline) continue;
    if (!says(*tokens, i + 1, text)) break;
    return {tokens->begin() + static_cast<std::ptrdiff_t>(i + 1), tokens->end()};
  }
  return {};
}

std::vector<Token> Lexicon::spell_bytes(std::string_view text) const {
  std::vector<Token> tokens;
  for (const char byte : text) {
    tokens.push_back(bytes_[static_cast<unsigned char>(byte)]);
    if (tokens.back() == kNoToken) return {};
  }
  return tokens;
}

bool Lexicon::says(const std::vector<Token>& tokens, std::size_t from,
                   std::string_view text) const {
  for (std::size_t i = from; i < tokens.size(); ++i) {
    const std::string piece = model_.piece(tokens[i]).value_or("");
    if (piece.empty() || !text.starts_with(piece)) return false;
    text.remove_prefix(piece.size());
  }
  return text.empty();
}

std::optional<Token> Lexicon::find(std::string_view text) const {
  const auto tokens = model_.tokenize(text, SpecialText::kParsed, SpecialEnds::kNone);
  if (!tokens || tokens->size() != 1) return std::nullopt;
  return tokens->front();
}

Result<std::string> text_of(const Model& model, const SaidTokens& said, Token token) {
  for (const auto& [one, text] : said) {
    if (one == token) return text;
  }
  return model.piece(token);
}

Spelling spelling_of(const Lexicon& lexicon, const Model& model, SaidTokens said) {
  Spelling spelling;
  spelling.text = [&model, said](Token token) { return text_of(model, said, token).value_or(""); };
  spelling.tokens = [&lexicon, said = std::move(said)](std::string_view text) {
    for (const auto& [one, its_text] : said) {
      const std::size_t found = text.find(its_text);
      if (found == std::string_view::npos) continue;
      std::vector<Token> tokens = lexicon.spell(text.substr(0, found));
      if (found > 0 && tokens.empty()) return tokens;
      tokens.push_back(one);
      const std::string_view rest = text.substr(found + its_text.size());
      const std::vector<Token> after = lexicon.spell(rest);
      if (!rest.empty() && after.empty()) return after;
      tokens.insert(tokens.end(), after.begin(), after.end());
      return tokens;
    }
    return lexicon.spell(text);
  };
  return spelling;
}

}  // namespace hearth::engine
