// The bodies of POST /api/generate and /api/chat become a chat::Request. Every field that Ollama
// has stands in a table in one of three classes: honoured; accepted without effect, and named in
// the reply; or refused by name. docs/ollama.md is the page for people.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  those of chat/request.h and openai/request_fields.h.
// Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "chat/request.h"
#include "json/node.h"

namespace hearth::api::ollama {

struct Ask {
  Ask() { call.stream = true; }

  // What both dialects have: the request, and the fields that are ignored.
  openai::ChatCall call;
  std::string model;  // as the client wrote it
  // There is nothing to answer: the model is only to be loaded, or to leave.
  bool loads_only = false;

  // Of /api/generate, before they are put together.
  std::string prompt = {};
  std::string system = {};
  std::string chat_template = {};
  std::optional<std::string> suffix = {};
  std::vector<chat::Message> past = {};  // from `context`
  bool raw = false;
  // What becomes of what is too long; unsaid, it is Ollama's default.
  std::optional<bool> truncate = {};
  std::optional<bool> shift = {};
};

// `blank` is what a request for this model is before anything of the body is in it.
Result<Ask> read_generate(std::string_view body, const openai::Blank& blank);
Result<Ask> read_chat(std::string_view body, const openai::Blank& blank);

// The field `images`: none is no image. A model that sees is not here yet.
Result<void> take_no_images(const json::Node& node);

}  // namespace hearth::api::ollama
