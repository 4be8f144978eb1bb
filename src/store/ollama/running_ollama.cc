#include "store/ollama/running_ollama.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "json/writer.h"
#include "store/name/host_name.h"
#include "store/name/name_rules.h"
#include "store/name/registry_name.h"

namespace hearth::store {

namespace {

constexpr int kNotThere = 404;

// Of all questions of one look together.
class TimeLeft {
 public:
  int ms() const {
    const double used = base::to_ms(base::system_clock().now() - began_);
    return std::max(1, kOllamaLookMs - static_cast<int>(used));
  }

 private:
  base::TimePoint began_ = base::system_clock().now();
};

Result<net::HttpReply> send_over_tcp(const OllamaHost& host, const net::HttpCall& call) {
  std::string body;
  bool too_long = false;
  const auto take = [&](std::string_view bytes) {
    too_long = body.size() + bytes.size() > kOllamaAnswerBytesMax;
    if (too_long) return net::ChunkAction::kStop;
    body += bytes;
    return net::ChunkAction::kContinue;
  };
  net::HttpReply reply =
      HEARTH_TRY(net::HttpClient::over_tcp(host.host, host.port).send(call, take));
  if (too_long) {
    return fail(Code::kUpstream,
                fmt::format("its answer has more than {} bytes", kOllamaAnswerBytesMax));
  }
  if (reply.body.empty()) reply.body = std::move(body);
  return reply;
}

net::HttpCall get(std::string target, int timeout_ms) {
  net::HttpCall call;
  call.target = std::move(target);
  call.timeout_ms = timeout_ms;
  return call;
}

net::HttpCall post(std::string target, std::string body, int timeout_ms) {
  return {"POST",
          std::move(target),
          {{"Content-Type", "application/json"}},
          std::move(body),
          timeout_ms};
}

}  // namespace

RunningOllama::RunningOllama(OllamaHost host)
    : host_(std::move(host)),
      send_([at = host_](const net::HttpCall& call) { return send_over_tcp(at, call); }) {}

Result<std::string> RunningOllama::ask(net::HttpCall call) const {
  call.target = host_.path + call.target;
  auto reply = send_(call);
  if (!reply) {
    const bool nonsense = reply.error().code == Code::kUpstream;
    return fail(nonsense ? Code::kUpstream : Code::kUnavailable,
                fmt::format("no Ollama answers at {}{}", host_.url(),
                            nonsense ? ": " + reply.error().message : std::string()),
                reply.error().message);
  }
  if (reply->status / 100 == 2) return std::move(reply->body);
  const std::string says = read_ollama_error(reply->body);
  return fail(reply->status == kNotThere && !says.empty() ? Code::kNotFound : Code::kUpstream,
              fmt::format("Ollama at {} answers {}{}", host_.url(), reply->status,
                          says.empty() ? says : ": " + in_quotes(says)));
}

Result<OllamaState> RunningOllama::look() const {
  const TimeLeft left;
  OllamaState state;
  state.url = host_.url();
  const std::string version = HEARTH_TRY(ask(get("/api/version", left.ms())));
  state.version = HEARTH_TRY(read_ollama_version(version));
  const std::string loaded = HEARTH_TRY(ask(get("/api/ps", left.ms())));
  state.loaded = HEARTH_TRY(read_ollama_loaded(loaded));
  const std::string tags = HEARTH_TRY(ask(get("/api/tags", left.ms())));
  state.models = HEARTH_TRY(read_ollama_tags(tags));
  return state;
}

Result<OllamaFacts> RunningOllama::show(const std::string& model) const {
  json::Writer body;
  body.open('{').key("model").text(model).close('}');
  const std::string text = HEARTH_TRY(ask(post("/api/show", body.take(), kOllamaShowMs)));
  return read_ollama_facts(text);
}

// A request for nothing, after which the model is kept for no time at all. Of a model that is not
// loaded it would only be loaded first, so that one is not asked for.
Result<void> RunningOllama::unload(const std::string& model) const {
  const std::string text = HEARTH_TRY(ask(get("/api/ps", kOllamaShowMs)));
  const std::vector<OllamaLoaded> loaded = HEARTH_TRY(read_ollama_loaded(text));
  const auto wanted = name_of_tag(model);
  const auto is_it = [&](const OllamaLoaded& one) {
    const auto name = name_of_tag(one.name);
    return one.name == model || (wanted && name && name->key() == wanted->key());
  };
  const auto held = std::find_if(loaded.begin(), loaded.end(), is_it);
  if (held == loaded.end()) return {};
  json::Writer body;
  body.open('{').key("model").text(held->name).key("keep_alive").number(0);
  body.key("stream").boolean(false).close('}');
  HEARTH_TRY(ask(post("/api/generate", body.take(), kOllamaUnloadMs)));
  return {};
}

Result<ModelName> name_of_tag(std::string_view tag) {
  const auto slashes = std::count(tag.begin(), tag.end(), '/');
  std::string full(tag);
  if (slashes == 1) full = fmt::format("{}/{}", kOllamaHost, tag);
  if (slashes == 0) full = fmt::format("{}/{}/{}", kOllamaHost, kLibrarySpace, tag);
  return ModelName::parse(full);
}

}  // namespace hearth::store
