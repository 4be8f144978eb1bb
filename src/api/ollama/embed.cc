#include "api/ollama/embed.h"

#include <span>
#include <string>
#include <utility>

#include "api/core/model_entries.h"
#include "api/core/reply.h"
#include "api/ollama/embed_request.h"
#include "api/ollama/names.h"
#include "api/openai/embedding_body.h"
#include "base/clock.h"
#include "json/writer.h"

namespace hearth::api::ollama {

namespace {

std::span<const float> vector_of(const chat::Embeddings& made, std::size_t which) {
  return std::span(made.values).subspan(which * made.dimensions, made.dimensions);
}

// Thousands of vectors are many megabytes of text: they go out in pieces.
asio::awaitable<void> send_vectors(net::HttpExchange& exchange, const chat::Embeddings& made,
                                   std::string head, std::string tail) {
  const std::size_t count = made.dimensions == 0 ? 0 : made.values.size() / made.dimensions;
  std::string piece = std::move(head);
  bool streams = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) piece += ',';
    openai::append_numbers(piece, vector_of(made, i));
    if (piece.size() < openai::EmbeddingBody::kPieceBytes) continue;
    if (!std::exchange(streams, true)) {
      const auto begun = co_await exchange.begin_stream(200, kJsonType);
      if (!begun) co_return;
    }
    const auto sent = co_await exchange.write(piece);
    if (!sent) co_return;
    piece.clear();
  }
  piece += tail;
  if (!streams) {
    co_await send_json(exchange, std::move(piece));
    co_return;
  }
  const auto sent = co_await exchange.write(piece);
  if (sent) (void)co_await exchange.end_stream();
}

// An error has been sent where there is nothing.
asio::awaitable<std::optional<chat::Embeddings>> make(Call& call, Parts parts,
                                                      Result<EmbedAsk> read) {
  if (!read) {
    co_await send_error(call.exchange, read.error());
    co_return std::nullopt;
  }
  EmbedAsk ask = *std::move(read);
  name_ignored(call.exchange, ask.ignored);
  const std::string model = ask.request.model;
  ask.request.model = own_name(model, parts.provider);
  const auto models = parts.provider.models();
  const bool is_here = find_entry(models, model) != nullptr;
  if (is_here && ask.request.inputs() == 0) co_return chat::Embeddings{};
  auto made = co_await parts.vectors.make(call, std::move(ask.request));
  if (!made) co_return std::nullopt;
  if (!*made) {
    co_await send_error(call.exchange, made->error(), model);
    co_return std::nullopt;
  }
  co_return **std::move(made);
}

}  // namespace

asio::awaitable<void> embed(Call& call, Parts parts) {
  const base::TimePoint began = base::system_clock().now();
  auto read = read_embed(call.exchange.request().body);
  const std::string model = read ? read->request.model : "";
  const auto made = co_await make(call, parts, std::move(read));
  if (!made) co_return;
  json::Writer head;
  head.open('{').key("model").text(model).key("embeddings");
  const base::Duration took = base::system_clock().now() - began;
  json::Writer tail;
  tail.key("total_duration").number(std::int64_t{took.count()});
  tail.key("load_duration").number(0);
  tail.key("prompt_eval_count").number(made->prompt_tokens).close('}');
  co_await send_vectors(call.exchange, *made, head.take() + "[", "]," + tail.take());
}

asio::awaitable<void> embed_one(Call& call, Parts parts) {
  const auto made = co_await make(call, parts, read_embed_one(call.exchange.request().body));
  if (!made) co_return;
  const bool is_empty = made->values.empty();
  co_await send_vectors(call.exchange, *made, R"({"embedding":)", is_empty ? "[]}" : "}");
}

}  // namespace hearth::api::ollama
