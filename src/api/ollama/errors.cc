#include "api/ollama/errors.h"

#include <fmt/format.h>

#include "json/writer.h"

namespace hearth::api::ollama {

namespace {

constexpr std::size_t kShownBytes = 200;

}  // namespace

std::string refusal_body(int /*status*/, const Error& error, std::string_view /*request_id*/) {
  json::Writer json;
  return json.open('{').key("error").text(error.message).close('}').take();
}

ErrorReply error_reply(const Error& error, std::string_view /*param*/,
                       std::string_view request_id) {
  const ErrorShape shape = shape_of(error.code);
  return {shape.status, refusal_body(shape.status, error, request_id), shape.retry_after_s};
}

Error about_model(Error error, std::string_view model) {
  if (error.code != Code::kNotFound) return error;
  error.message =
      fmt::format("model '{}' not found: {}", model.substr(0, kShownBytes), error.message);
  return error;
}

}  // namespace hearth::api::ollama
