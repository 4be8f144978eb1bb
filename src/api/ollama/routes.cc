#include "api/ollama/routes.h"

#include <string>
#include <utility>

#include "api/core/reply.h"
#include "api/ollama/answering.h"
#include "api/ollama/embed.h"
#include "api/ollama/errors.h"
#include "api/ollama/making.h"
#include "api/ollama/models.h"
#include "api/ollama/pulls.h"

namespace hearth::api::ollama {

namespace {

using access::Scope;

struct Route {
  const char* method;
  const char* path;
  asio::awaitable<void> (*handler)(Call& call, Parts parts);
  Scope scope = Scope::kInference;
};

constexpr Route kRoutes[] = {
    {"POST", "/api/generate", generate},
    {"POST", "/api/chat", chat},
    {"POST", "/api/embed", embed},
    {"POST", "/api/embeddings", embed_one},
    {"GET", "/api/tags", list_models},
    {"GET", "/api/ps", list_loaded},
    {"POST", "/api/show", show_model},
    {"GET", "/api/blobs/*", find_blob},
    {"POST", "/api/blobs/*", take_blob, Scope::kManage},
    {"POST", "/api/pull", pull_model, Scope::kManage},
    {"POST", "/api/create", create_model, Scope::kManage},
    {"POST", "/api/copy", copy_model, Scope::kManage},
    {"DELETE", "/api/delete", delete_model, Scope::kManage},
};

}  // namespace

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error) {
  ErrorReply reply = error_reply(error, {}, {});
  co_await api::send_error(exchange, std::move(reply));
}

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error, std::string model) {
  ErrorReply reply = error_reply(about_model(std::move(error), model), {}, {});
  co_await api::send_error(exchange, std::move(reply));
}

void add_routes(Router& router, Parts parts) {
  for (const Route& route : kRoutes) {
    const auto handler = [parts, run = route.handler](Call& call) { return run(call, parts); };
    router.add(route.method, route.path, handler, route.scope);
  }
  router.take_bodies("POST", "/api/blobs/*", [parts](std::string_view rest) {
    const auto digest = store::BlobDigest::parse(rest);
    return digest ? parts.control.uploads.begin(*digest) : nullptr;
  });
  router.add("POST", "/api/push", refuse_push);
  router.add("GET", "/api/version", tell_version);
  router.add("GET", "/", say_hello, kEverybody);
}

}  // namespace hearth::api::ollama
