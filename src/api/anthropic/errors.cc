#include "api/anthropic/errors.h"

#include <utility>

#include <fmt/format.h>

#include "json/writer.h"

namespace hearth::api::anthropic {

namespace {

constexpr std::string_view kForeignPrefix = "claude";
constexpr std::string_view kTooLong = "prompt is too long: ";

struct Shape {
  int status;
  std::string_view type;
  int retry_after_s = 0;  // 0: trying again does not help
};

Shape shape_of(Code code) {
  constexpr std::string_view kRequest = "invalid_request_error";
  constexpr std::string_view kServer = "api_error";
  constexpr std::string_view kBusy = "overloaded_error";
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kContextOverflow:
    case Code::kAlreadyExists:
      return {400, kRequest};
    case Code::kNotFound:
      return {404, "not_found_error"};
    case Code::kUnauthenticated:
      return {401, "authentication_error"};
    case Code::kPermissionDenied:
      return {403, "permission_error"};
    case Code::kResourceExhausted:
      return {429, "rate_limit_error", 1};
    case Code::kOutOfMemory:
      return {kOverloaded, kBusy, 5};
    case Code::kCancelled:
    case Code::kUnavailable:
      return {kOverloaded, kBusy, 1};
    case Code::kDeadlineExceeded:
      return {504, "timeout_error"};
    case Code::kCorrupt:
      return {422, kRequest};
    case Code::kUpstream:
      return {502, kServer};
    case Code::kUnimplemented:
      return {501, kServer};
    case Code::kEngineCrashed:
    case Code::kInternal:
      return {500, kServer};
  }
  return {500, kServer};
}

std::string_view type_of(int status) {
  switch (status) {
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 408:
      return "timeout_error";
    case 503:
      return "overloaded_error";
    default:
      return status < 500 ? "invalid_request_error" : "api_error";
  }
}

std::string body_of(std::string_view type, const Error& error, std::string_view request_id) {
  json::Writer json;
  json.open('{').key("type").text("error").key("error").open('{');
  json.key("type").text(type).key("message").text(error.message);
  if (error.code == Code::kNotFound && error.context == kThreadField) {
    json.key("details").open('{').key("error_code").text("thread_not_found").close('}');
  }
  json.close('}');
  json.key("request_id").text(request_id).close('}');
  return json.take();
}

}  // namespace

std::string error_body(const Error& error, std::string_view request_id) {
  return body_of(shape_of(error.code).type, error, request_id);
}

std::string refusal_body(int status, const Error& error, std::string_view request_id) {
  return body_of(type_of(status), error, request_id);
}

ErrorReply anthropic_error(const Error& error, std::string_view /*param*/,
                           std::string_view request_id) {
  const Shape shape = shape_of(error.code);
  return {shape.status, error_body(error, request_id), shape.retry_after_s};
}

Error explained(Error error, std::string_view field, std::string_view model) {
  if (error.code == Code::kContextOverflow) {
    error.message.insert(0, kTooLong);
  } else if (error.code == Code::kNotFound && model.starts_with(kForeignPrefix)) {
    error.message = fmt::format(
        "there is no model \"{0}\" here: Anthropic's own are not on this machine. Ask for one that "
        "GET /v1/models lists (Claude Code takes its name from ANTHROPIC_MODEL), or let one answer "
        "to this name: hearth cp NAME {0}",
        model);
  } else if (!field.empty() && error.message.find(field) == std::string::npos) {
    error.message = fmt::format("{}: {}", field, error.message);
  }
  return error;
}

}  // namespace hearth::api::anthropic
