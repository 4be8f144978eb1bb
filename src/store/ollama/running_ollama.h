// An Ollama that runs beside us: what it has, what it holds in memory, and asking it to let go of
// that. It is asked in short words and never told to load, fetch or remove anything.
//
// Threads: thread-safe; every call blocks its caller, within the times below.
// Errors:  kUnavailable when nobody answers there in time; kUpstream for who is no Ollama;
//          kNotFound for a model that it does not know. Messages name its address.
// Limits:  those of its answers, and below.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/http_client.h"
#include "store/name/model_name.h"
#include "store/ollama/ollama_answers.h"
#include "store/ollama/ollama_host.h"

namespace hearth::store {

inline constexpr int kOllamaLookMs = 300;  // for all questions of one look
inline constexpr int kOllamaShowMs = 5'000;
inline constexpr int kOllamaUnloadMs = 5'000;

struct OllamaState {
  std::string url;
  std::string version;
  std::vector<OllamaTag> models;
  std::vector<OllamaLoaded> loaded;
};

class RunningOllama {
 public:
  using Send = std::function<Result<net::HttpReply>(const net::HttpCall&)>;

  explicit RunningOllama(OllamaHost host);
  // Asks through `send` instead of a connection.
  RunningOllama(OllamaHost host, Send send) : host_(std::move(host)), send_(std::move(send)) {}

  Result<OllamaState> look() const;
  Result<OllamaFacts> show(const std::string& model) const;
  // Returns when it has let go of the model; one that is not loaded is no error.
  Result<void> unload(const std::string& model) const;

 private:
  Result<std::string> ask(net::HttpCall call) const;

  OllamaHost host_;
  Send send_;
};

// The name of one of its models as Hearth has it: what has no host is of Ollama's own registry.
Result<ModelName> name_of_tag(std::string_view tag);

}  // namespace hearth::store
