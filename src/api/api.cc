#include "api/api.h"

#include "api/anthropic/errors.h"
#include "api/anthropic/messages.h"
#include "api/anthropic/models.h"
#include "api/hearth/routes.h"
#include "api/hearth/task_routes.h"
#include "api/llamacpp/errors.h"
#include "api/llamacpp/routes.h"
#include "api/ollama/errors.h"
#include "api/ollama/routes.h"
#include "api/openai/audio.h"
#include "api/openai/chat_completions.h"
#include "api/openai/embeddings.h"
#include "api/openai/models.h"
#include "api/openai/responses.h"
#include "api/openai/text_completions.h"

namespace hearth::api {

namespace {

// Clients of Anthropic's say so, on paths of OpenAI's too.
Dialect dialect_of(const net::HttpRequest& request) {
  const std::string_view path = request.path;
  if (path.starts_with("/api/")) return {ollama::error_reply, ollama::refusal_body};
  if (llamacpp::is_own_path(path)) return {llamacpp::error_reply, llamacpp::refusal_body};
  const bool is_message = path == "/v1/messages" || path.starts_with("/v1/messages/");
  const bool is_anthropic = is_message || request.find_header("anthropic-version").has_value();
  if (!is_anthropic) return {};
  return {anthropic::anthropic_error, anthropic::refusal_body, "request-id"};
}

}  // namespace

Api::Api(ApiOptions options)
    : options_(std::move(options)),
      answers_({options_.provider, options_.registry, options_.ping_interval,
                options_.control.tools.open}),
      vectors_(options_.provider, options_.registry),
      details_(options_.control),
      router_(Guard(options_.hosts), options_.registry, options_.audit, options_.keys) {
  add_openai();
  router_.set_dialects(dialect_of);
  router_.set_roles(options_.roles);
  add_anthropic();
  ollama::add_routes(router_, {options_.provider, options_.control, answers_, vectors_, details_});
  llamacpp::add_routes(router_, {options_.provider, options_.control, answers_, vectors_});
  add_own_routes(router_, OwnRoutes{options_.control, options_.provider, options_.registry});
  if (options_.tasks.start) add_task_routes(router_, options_.tasks);
}

void Api::add_openai() {
  const provider::Provider& provider = options_.provider;
  router_.add("POST", "/v1/chat/completions",
              with_pictures(options_.pictures, openai_error,
                            [this](Call& call) { return openai::complete_chat(call, answers_); }));
  router_.add("POST", "/v1/completions",
              [this](Call& call) { return openai::complete_text(call, answers_); });
  router_.add("POST", "/v1/embeddings",
              [this](Call& call) { return openai::embed(call, vectors_); });
  router_.add("GET", "/v1/models", [&provider](Call& call) {
    return anthropic::is_asked(call) ? anthropic::list_models(call, provider)
                                     : openai::list_models(call, provider);
  });
  router_.add("GET", "/v1/models/*", [&provider](Call& call) {
    return anthropic::is_asked(call) ? anthropic::show_model(call, provider)
                                     : openai::show_model(call, provider);
  });
  for (const char* path : {"/v1/audio/transcriptions", "/v1/audio/translations"}) {
    router_.add("POST", path,
                [&provider](Call& call) { return openai::transcribe(call, provider); });
  }
  add_responses();
}

void Api::add_responses() {
  const openai::ResponseShelf& shelf = options_.responses;
  router_.add("POST", "/v1/responses",
              with_pictures(options_.pictures, openai_error, [this, &shelf](Call& call) {
                return openai::create_response(call, answers_, shelf);
              }));
  router_.add("POST", "/v1/responses/input_tokens",
              [&shelf, &provider = options_.provider](Call& call) {
                return openai::count_input_tokens(call, provider, shelf);
              });
  router_.add("GET", "/v1/responses/*",
              [&shelf](Call& call) { return openai::show_response(call, shelf); });
  router_.add("DELETE", "/v1/responses/*",
              [&shelf](Call& call) { return openai::remove_response(call, shelf); });
  router_.add("POST", "/v1/responses/*", openai::cancel_response);
}

void Api::add_anthropic() {
  router_.add("POST", "/v1/messages",
              with_pictures(options_.pictures, anthropic::anthropic_error, [this](Call& call) {
                return anthropic::create_message(call, answers_);
              }));
  router_.add("POST", "/v1/messages/count_tokens", [&provider = options_.provider](Call& call) {
    return anthropic::count_tokens(call, provider);
  });
  router_.add("GET", "/v1/messages/*", anthropic::refuse_batches);
  router_.add("POST", "/v1/messages/*", anthropic::refuse_batches);
}

net::HttpHandler Api::handler() {
  return [this](net::HttpExchange& exchange) { return router_.handle(exchange); };
}

net::BodyTakers Api::body_takers() {
  return [this](const net::HttpRequest& head) { return router_.taker_of(head); };
}

net::RefusalShaper Api::refusal_shaper() {
  return [this](const net::Refusal& refusal) { return router_.refuse(refusal); };
}

}  // namespace hearth::api
