// Who can answer: the local fleet today, cloud models later. The dialects and everything between
// them and a model know only this.
//
// Threads: confined to the daemon's loop; callbacks come on it, for a refusal also from inside the
// call.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/callback.h"
#include "base/result.h"
#include "chat/event_stream.h"
#include "chat/request.h"
#include "store/model_file.h"

namespace hearth::provider {

struct ModelEntry {
  std::string name;  // what a request may call it
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ms = 0;  // wall time of the file
  // Empty while nobody knows: a model file tells when it is loaded for the first time.
  std::optional<chat::Capabilities> capabilities = {};
  bool built_in = false;  // it ships with Hearth
  store::Holder holder = store::Holder::kNobody;
  std::string sha256 = {};  // of the file, in hexadecimal digits; empty where nobody has said
};

class Provider {
 public:
  virtual ~Provider() = default;

  // A request for this model that asks for nothing yet: what holds where a client says nothing. Of
  // a model that nobody knows it is everybody's.
  virtual chat::Request blank(const std::string& model) const = 0;
  // Never null: what cannot be answered is a stream of one Failed.
  virtual std::unique_ptr<chat::EventStream> generate(chat::Request request) = 0;
  virtual CallOff tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) = 0;
  virtual CallOff embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) = 0;
  virtual std::vector<ModelEntry> models() const = 0;
  // Who is meant where a request names no model. kNotFound where there is none.
  virtual Result<std::string> default_model() const = 0;
};

}  // namespace hearth::provider
