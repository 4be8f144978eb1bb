// The bodies of POST /completion and /infill become a chat::Request and prompts for it. Every field
// that llama-server has stands in a table in one of three classes: honoured; accepted without
// effect, and named in the reply; or refused by name. docs/llamacpp.md is the page for people.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  those of chat/request.h, prompt_fields.h and openai/request_fields.h.
// Threads: pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/llamacpp/prompt_fields.h"
#include "api/openai/request_fields.h"
#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::llamacpp {

inline constexpr std::size_t kResponseFieldsMax = 64;
inline constexpr std::size_t kExtraFilesMax = 256;

struct CompletionAsk {
  // What it has in common with other dialects: the request, and the fields that are ignored.
  openai::ChatCall call;
  Prompts prompts;
  std::int64_t n_predict = -1;  // as the client says it: below zero is as many as fit
  std::uint32_t n_probs = 0;
  bool return_tokens = false;
  bool timings_per_token = false;
  // Paths into the answer, of which nothing else is to be told; without any, all of it is.
  std::vector<std::string> response_fields;
  // The prompt is only to be read, for requests to come: of the answer nothing is wanted.
  bool reads_only() const { return n_predict == 0; }
};

// A field that both routes take, besides those of sampler_fields.h.
struct KnownField {
  std::string_view name;
  bool has_effect = true;
};
std::vector<KnownField> known_fields();

// What a request is before anything of the body is in it; `model` is empty where none was named.
using Blank = std::function<Result<chat::Request>(const std::string& model)>;

Result<CompletionAsk> read_completion(std::string_view body, const Blank& blank);
Result<CompletionAsk> read_infill(std::string_view body, const Blank& blank);

}  // namespace hearth::api::llamacpp
