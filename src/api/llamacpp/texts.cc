// POST /tokenize, /detokenize and /apply-template. They wait for no answer that is being written.
#include <optional>
#include <utility>
#include <vector>

#include "api/core/reply.h"
#include "api/llamacpp/routes.h"
#include "api/llamacpp/text_fields.h"
#include "base/utf8.h"
#include "json/writer.h"

namespace hearth::api::llamacpp {

namespace {

NameModel name_of(const Call& call, const Parts& parts) {
  return [&call, &parts](const std::string& named) { return model_meant(call, parts, named); };
}

// A part of a character is no text; its bytes are told.
void write_piece(json::Writer& json, std::string_view piece) {
  if (base::is_utf8(piece)) {
    json.text(piece);
    return;
  }
  json.open('[');
  for (const char byte : piece)
    json.number(std::uint32_t{static_cast<unsigned char>(byte)});
  json.close(']');
}

std::string tokens_body(const chat::Tokens& tokens) {
  json::Writer json;
  json.open('{').key("tokens").open('[');
  const bool with_pieces = !tokens.pieces.empty() && tokens.pieces.size() == tokens.ids.size();
  for (std::size_t i = 0; i < tokens.ids.size(); ++i) {
    if (!with_pieces) {
      json.number(tokens.ids[i]);
      continue;
    }
    json.open('{').key("id").number(tokens.ids[i]).key("piece");
    write_piece(json, tokens.pieces[i]);
    json.close('}');
  }
  return json.close(']').close('}').take();
}

std::string content_body(const chat::Tokens& tokens) {
  json::Writer json;
  return json.open('{').key("content").text(tokens.text).close('}').take();
}

std::string prompt_body(const chat::Tokens& tokens) {
  json::Writer json;
  return json.open('{').key("prompt").text(tokens.text).close('}').take();
}

template <typename Piece>
void append(std::vector<Piece>& all, const std::vector<Piece>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// Nothing when the client has gone. Only a text that stands first gets the model's own begin.
asio::awaitable<std::optional<Result<chat::Tokens>>> tokens_of(Call& call, Parts parts,
                                                               TokenizeAsk ask) {
  chat::Tokens all;
  for (std::size_t i = 0; i < ask.parts.size(); ++i) {
    append(all.ids, ask.parts[i].tokens);
    if (!ask.parts[i].tokens.empty()) continue;
    chat::TokenizeRequest request = ask.request;
    request.text = std::move(ask.parts[i].text);
    request.add_special = ask.request.add_special && i == 0;
    auto tokens = co_await ask_tokens(call, parts, std::move(request));
    if (!tokens || !*tokens) co_return tokens;
    append(all.ids, (*tokens)->ids);
    append(all.pieces, (*tokens)->pieces);
  }
  co_return std::optional<Result<chat::Tokens>>(std::move(all));
}

asio::awaitable<void> answer(Call& call, Parts parts, Result<chat::TokenizeRequest> read,
                             std::string (*body)(const chat::Tokens& tokens)) {
  if (!read) {
    co_await send_error(call.exchange, read.error());
    co_return;
  }
  chat::TokenizeRequest request = *std::move(read);
  if (request.conversation) request.conversation->id = call.request_id;
  auto tokens = co_await ask_tokens(call, parts, std::move(request));
  if (!tokens) co_return;  // the client has gone
  if (!*tokens) {
    co_await send_error(call.exchange, tokens->error());
    co_return;
  }
  co_await send_json(call.exchange, body(**tokens));
}

}  // namespace

asio::awaitable<void> tokenize(Call& call, Parts parts) {
  auto read = read_tokenize(call.exchange.request().body, name_of(call, parts));
  if (!read) {
    co_await send_error(call.exchange, read.error());
    co_return;
  }
  auto tokens = co_await tokens_of(call, parts, *std::move(read));
  if (!tokens) co_return;  // the client has gone
  if (!*tokens) {
    co_await send_error(call.exchange, tokens->error());
    co_return;
  }
  co_await send_json(call.exchange, tokens_body(**tokens));
}

asio::awaitable<void> detokenize(Call& call, Parts parts) {
  return answer(call, parts, read_detokenize(call.exchange.request().body, name_of(call, parts)),
                content_body);
}

asio::awaitable<void> apply_template(Call& call, Parts parts) {
  return answer(call, parts,
                read_apply_template(call.exchange.request().body, name_of(call, parts)),
                prompt_body);
}

}  // namespace hearth::api::llamacpp
