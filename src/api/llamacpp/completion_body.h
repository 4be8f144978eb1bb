// The JSON of /completion's answers: a piece of a stream, and the end, which is complete: how it
// ended, what it cost and what it was made with.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/core/tally.h"
#include "chat/event.h"
#include "chat/request.h"
#include "json/writer.h"

namespace hearth::api::llamacpp {

// What was asked for, of one answer as of all.
struct CompletionTerms {
  std::string model;
  chat::Request request;  // without its prompt
  std::int64_t n_predict = -1;
  std::uint32_t n_probs = 0;
  bool stream = false;
  bool return_tokens = false;
  bool timings_per_token = false;
  std::vector<std::string> response_fields = {};
  bool reads_only = false;  // the answer is not wanted
};

// The object "generation_settings".
void write_settings(json::Writer& json, const CompletionTerms& terms, std::uint64_t seed);

struct Piece {
  std::size_t index = 0;  // of the answer
  const chat::TextDelta& delta;
  std::uint32_t predicted = 0;  // tokens, this piece's among them
  std::uint32_t evaluated = 0;  // of the prompt
  double predicted_ms = 0;
};
std::string piece_body(const CompletionTerms& terms, const Piece& piece);

struct End {
  std::size_t index = 0;
  std::string_view prompt;    // as text; empty where it was tokens
  const Choice& choice;       // of a stream without its text
  bool has_new_line = false;  // in what was said
  const Summary& summary;     // of all answers
};
// With response_fields, of all this what stands at these paths.
std::string end_body(const CompletionTerms& terms, const End& end);

}  // namespace hearth::api::llamacpp
