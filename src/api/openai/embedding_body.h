// The exact shape of OpenAI's embeddings. Thousands of vectors are many megabytes of text, so it
// is written piece by piece, and whoever sends it lets others have a turn in between.
//
// Threads: thread-compatible; pure.
// Limits:  a piece is not much above kPieceBytes: by one vector at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "chat/request.h"

namespace hearth::api::openai {

// A JSON array, each number as short as it can be read back.
void append_numbers(std::string& out, std::span<const float> values);

class EmbeddingBody {
 public:
  enum class Encoding : std::uint8_t {
    kFloat,  // an array of numbers
    kBase64  // of the same as little-endian float32
  };
  static constexpr std::size_t kPieceBytes = 256 * 1024;

  // `model` is what the client called it. REQUIRES: dimensions above 0.
  EmbeddingBody(std::string model, chat::Embeddings embeddings, Encoding encoding);

  // The next piece. REQUIRES: not done().
  std::string next();
  bool done() const { return done_; }

 private:
  void append_vector(std::string& piece) const;

  std::string model_;
  chat::Embeddings embeddings_;
  Encoding encoding_;
  std::size_t written_ = 0;  // vectors
  bool done_ = false;
};

}  // namespace hearth::api::openai
