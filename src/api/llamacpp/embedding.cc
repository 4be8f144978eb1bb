// POST /embedding and /embeddings: [{"index":0,"embedding":[[…]]}], a list of one vector for each
// input, because llama-server can be told to make one for each token. A text sent alone to a port
// that is for embeddings gets one object with the vector itself, as older servers answered.
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "api/core/reply.h"
#include "api/llamacpp/embedding_fields.h"
#include "api/llamacpp/routes.h"
#include "api/openai/embedding_body.h"

namespace hearth::api::llamacpp {

namespace {

constexpr double kLargestOf16Bits = 32760;  // llama.cpp's

double norm_of(std::span<const float> vector, int norm) {
  double sum = 0;
  for (const float value : vector) {
    const double size = std::fabs(value);
    sum = norm == kLargest ? std::fmax(sum, size) : sum + std::pow(size, norm);
  }
  return norm == kLargest ? sum / kLargestOf16Bits : std::pow(sum, 1.0 / norm);
}

// They come with length 1, and every other norm of them can be made of that.
void normalise(std::span<float> vector, int norm) {
  if (norm == kLength) return;
  const double divisor = norm_of(vector, norm);
  if (divisor <= 0) return;
  for (float& value : vector)
    value = static_cast<float>(value / divisor);
}

std::span<float> vector_of(chat::Embeddings& made, std::size_t which) {
  return std::span(made.values).subspan(which * made.dimensions, made.dimensions);
}

std::string one_body(chat::Embeddings& made) {
  std::string body = R"({"embedding":)";
  openai::append_numbers(body, vector_of(made, 0));
  return body + "}";
}

// Thousands of vectors are many megabytes of text: they go out in pieces.
asio::awaitable<void> send_list(net::HttpExchange& exchange, chat::Embeddings made) {
  std::string piece = "[";
  bool streams = false;
  const std::size_t count = made.values.size() / made.dimensions;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) piece += ',';
    piece += R"({"index":)" + std::to_string(i) + R"(,"embedding":[)";
    openai::append_numbers(piece, vector_of(made, i));
    piece += "]}";
    if (piece.size() < openai::EmbeddingBody::kPieceBytes) continue;
    if (!std::exchange(streams, true)) {
      const auto begun = co_await exchange.begin_stream(200, kJsonType);
      if (!begun) co_return;
    }
    const auto sent = co_await exchange.write(piece);
    if (!sent) co_return;
    piece.clear();
  }
  piece += ']';
  if (!streams) {
    co_await send_json(exchange, std::move(piece));
    co_return;
  }
  const auto sent = co_await exchange.write(piece);
  if (sent) (void)co_await exchange.end_stream();
}

bool wants_one(const Call& call, const EmbedAsk& ask) {
  const bool is_for_this = call.role != nullptr && call.role->kind == Role::Kind::kEmbeddings;
  return is_for_this && ask.is_one_text && call.exchange.request().path == "/embedding";
}

asio::awaitable<void> answer(Call& call, Parts parts, Result<EmbedAsk> read) {
  if (!read) {
    co_await send_error(call.exchange, read.error());
    co_return;
  }
  EmbedAsk ask = *std::move(read);
  name_ignored(call.exchange, ask.ignored);
  auto made = co_await parts.vectors.make(call, std::move(ask.request));
  if (!made) co_return;  // the client has gone
  if (!*made) {
    co_await send_error(call.exchange, made->error());
    co_return;
  }
  chat::Embeddings embeddings = **std::move(made);
  for (std::size_t i = 0; i < embeddings.values.size() / embeddings.dimensions; ++i)
    normalise(vector_of(embeddings, i), ask.norm);
  if (wants_one(call, ask)) {
    co_await send_json(call.exchange, one_body(embeddings));
  } else {
    co_await send_list(call.exchange, std::move(embeddings));
  }
}

}  // namespace

asio::awaitable<void> embed(Call& call, Parts parts) {
  const NameModel name = [&call, &parts](const std::string& named) {
    return model_meant(call, parts, named);
  };
  return answer(call, parts, read_embedding(call.exchange.request().body, name));
}

}  // namespace hearth::api::llamacpp
