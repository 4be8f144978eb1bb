// The HTTP face of the daemon: all routes of all dialects, ready to be given to an HttpServer.
//
//   Api api({provider, control, registry});
//   HttpServer server(loop, {limits, api.handler(), api.refusal_shaper(), api.body_takers()});
//
// Ownership: borrows provider and registry; must outlive the server.
// Threads:   confined to the loop.
#pragma once

#include <string>
#include <vector>

#include "api/core/answers.h"
#include "api/core/pictures.h"
#include "api/core/router.h"
#include "api/core/vectors.h"
#include "api/hearth/control.h"
#include "api/hearth/tasks.h"
#include "api/ollama/model_details.h"
#include "api/openai/response_shelf.h"
#include "metrics/registry.h"
#include "net/http_exchange.h"
#include "provider/provider.h"

namespace hearth::api {

struct ApiOptions {
  provider::Provider& provider;
  metrics::Registry& registry;
  Control control;
  std::vector<std::string> hosts;  // names for this server beside localhost
  AuditLog* audit = nullptr;       // none: nothing is noted
  base::Duration ping_interval = kPingInterval;
  Keys keys = {};                        // without them nobody is asked for one
  openai::ResponseShelf responses = {};  // without it none is kept
  Roles roles = {};                      // of ports
  PictureFetch pictures = {};            // without it none is fetched
  Tasks tasks = {};                      // without them there are no routes of tasks
};

class Api {
 public:
  explicit Api(ApiOptions options);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  net::HttpHandler handler();
  net::RefusalShaper refusal_shaper();
  net::BodyTakers body_takers();
  std::vector<Router::RouteFacts> routes() const { return router_.routes(); }

 private:
  void add_openai();
  void add_responses();
  void add_anthropic();

  ApiOptions options_;
  Answers answers_;
  Vectors vectors_;
  ollama::ModelDetails details_;
  Router router_;
};

}  // namespace hearth::api
