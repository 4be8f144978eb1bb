#include "api/openai/embedding_body.h"

#include <bit>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "json/writer.h"

namespace hearth::api::openai {

namespace {

static_assert(std::endian::native == std::endian::little,
              "base64 is of little-endian numbers; a big-endian host needs a byte swap here");

void append_bytes(std::string& out, std::span<const float> values) {
  out += '"';
  base::append_base64(out, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  out += '"';
}

}  // namespace

void append_numbers(std::string& out, std::span<const float> values) {
  char before = '[';
  for (const float value : values) {
    out += std::exchange(before, ',');
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
  out += ']';
}

EmbeddingBody::EmbeddingBody(std::string model, chat::Embeddings embeddings, Encoding encoding)
    : model_(std::move(model)), embeddings_(std::move(embeddings)), encoding_(encoding) {}

void EmbeddingBody::append_vector(std::string& piece) const {
  const std::size_t size = embeddings_.dimensions;
  const auto values = std::span(embeddings_.values).subspan(written_ * size, size);
  piece += R"({"object":"embedding","index":)" + std::to_string(written_) + R"(,"embedding":)";
  encoding_ == Encoding::kFloat ? append_numbers(piece, values) : append_bytes(piece, values);
  piece += '}';
}

std::string EmbeddingBody::next() {
  std::string piece = written_ == 0 ? R"({"object":"list","data":[)" : "";
  const std::size_t vectors = embeddings_.values.size() / embeddings_.dimensions;
  for (; written_ < vectors && piece.size() < kPieceBytes; ++written_) {
    if (written_ > 0) piece += ',';
    append_vector(piece);
  }
  done_ = written_ == vectors;
  if (!done_) return piece;
  json::Writer rest;
  rest.open('{').key("model").text(model_).key("usage").open('{');
  rest.key("prompt_tokens").number(embeddings_.prompt_tokens);
  rest.key("total_tokens").number(embeddings_.prompt_tokens).close('}').close('}');
  return piece + "]," + rest.str().substr(1);
}

}  // namespace hearth::api::openai
