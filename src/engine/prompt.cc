#include "engine/prompt.h"

#include "base/ids.h"
#include "engine/guarded.h"

namespace hearth::engine {

namespace {

constexpr const char* kFallbackTemplate = "chatml";

// Where the content of each message will stand; unguessable, so that no content can contain it.
std::vector<std::string> make_placeholders(std::size_t count) {
  const std::string base = base::make_id("content");
  std::vector<std::string> placeholders;
  for (std::size_t i = 0; i < count; ++i)
    placeholders.push_back(base + "." + std::to_string(i) + ";");
  return placeholders;
}

Result<std::string> apply_template(const std::string& chat_template,
                                   const std::vector<chat::Message>& messages,
                                   const std::vector<std::string>& placeholders) {
  std::vector<std::string> roles;
  std::vector<llama_chat_message> list;
  std::size_t room = 256;
  for (const chat::Message& message : messages)
    roles.emplace_back(chat::role_name(message.role));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    list.push_back({roles[i].c_str(), placeholders[i].c_str()});
    room += 2 * placeholders[i].size() + 64;
  }
  const char* name = chat_template.empty() ? kFallbackTemplate : chat_template.c_str();
  std::string text(room, '\0');
  const auto render = [&] {
    return llama_chat_apply_template(name, list.data(), list.size(), true, text.data(),
                                     static_cast<std::int32_t>(text.size()));
  };
  std::int32_t size = HEARTH_TRY(guarded("render the chat template", render));
  if (size > static_cast<std::int32_t>(text.size())) {
    text.resize(static_cast<std::size_t>(size));
    size = HEARTH_TRY(guarded("render the chat template", render));
  }
  if (size < 0) {
    return fail(Code::kUnimplemented,
                "this model's chat template is of a kind this version cannot render; "
                "send a raw prompt to it instead");
  }
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

Result<std::vector<PromptPiece>> render_messages(const std::string& chat_template,
                                                 const std::vector<chat::Message>& messages) {
  const auto placeholders = make_placeholders(messages.size());
  const std::string rendered = HEARTH_TRY(apply_template(chat_template, messages, placeholders));
  std::vector<PromptPiece> pieces;
  std::size_t at = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::size_t found = rendered.find(placeholders[i], at);
    if (found == std::string::npos) {
      return fail(Code::kInvalidArgument, "this model's chat template has no place for message " +
                                              std::to_string(i) + " with the role '" +
                                              std::string(chat::role_name(messages[i].role)) + "'");
    }
    pieces.push_back({rendered.substr(at, found - at), true});
    pieces.push_back({messages[i].content, false});
    at = found + placeholders[i].size();
  }
  pieces.push_back({rendered.substr(at), true});
  return pieces;
}

bool touches_special_text(const std::vector<PromptPiece>& pieces,
                          const std::vector<std::string>& special_texts) {
  std::string all;
  std::vector<std::pair<std::size_t, std::size_t>> written;  // begin and end of each content
  for (const PromptPiece& piece : pieces) {
    if (!piece.from_template && !piece.text.empty()) {
      written.emplace_back(all.size(), all.size() + piece.text.size());
    }
    all += piece.text;
  }
  for (const std::string& special : special_texts) {
    auto next = written.begin();  // the first that does not end before the finding
    for (std::size_t at = all.find(special); at != std::string::npos;
         at = all.find(special, at + 1)) {
      while (next != written.end() && next->second <= at)
        ++next;
      if (next != written.end() && at + special.size() > next->first) return true;
    }
  }
  return false;
}

std::vector<Token> tokens_between_turns(const Model& model) {
  const auto pieces = render_messages(
      model.chat_template(),
      {{chat::Role::kUser, "1"}, {chat::Role::kAssistant, "2"}, {chat::Role::kUser, "3"}});
  if (!pieces) return {};
  constexpr std::size_t kAfterTheAnswer = 4;
  return model.tokenize(pieces->at(kAfterTheAnswer).text, SpecialText::kParsed, SpecialEnds::kNone)
      .value_or(std::vector<Token>());
}

Result<std::vector<Token>> tokenize_request(const Model& model, const chat::Request& request) {
  if (request.raw_prompt) {
    return model.tokenize(*request.raw_prompt, SpecialText::kParsed, SpecialEnds::kAdded);
  }
  const auto pieces = HEARTH_TRY(render_messages(model.chat_template(), request.messages));
  if (!touches_special_text(pieces, model.special_texts())) {
    // The usual case, tokenized exactly as the model was trained on it: in one go.
    std::string all;
    for (const PromptPiece& piece : pieces)
      all += piece.text;
    return model.tokenize(all, SpecialText::kParsed, SpecialEnds::kAdded);
  }
  std::vector<Token> tokens;
  if (const auto begin = model.begin_token()) tokens.push_back(*begin);
  for (const PromptPiece& piece : pieces) {
    const auto special = piece.from_template ? SpecialText::kParsed : SpecialText::kPlain;
    const auto part = HEARTH_TRY(model.tokenize(piece.text, special, SpecialEnds::kNone));
    tokens.insert(tokens.end(), part.begin(), part.end());
  }
  if (const auto end = model.end_token()) tokens.push_back(*end);
  return tokens;
}

}  // namespace hearth::engine
