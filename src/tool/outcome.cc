#include "tool/outcome.h"

#include <utility>

#include "json/writer.h"
#include "tool/spec.h"

namespace hearth::tool {

std::string_view effect_name(Effect effect) {
  switch (effect) {
    case Effect::kPure:
      return "pure";
    case Effect::kIdempotent:
      return "idempotent";
    case Effect::kIrreversible:
      break;
  }
  return "irreversible";
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kFailed:
      return "failed";
    case Status::kTimedOut:
      return "timed_out";
    case Status::kCancelled:
      return "cancelled";
    case Status::kRefused:
      break;
  }
  return "refused";
}

Outcome refused(std::string why) {
  Outcome outcome;
  outcome.status = Status::kRefused;
  outcome.error = std::move(why);
  return outcome;
}

Outcome failed(std::string why) {
  Outcome outcome = refused(std::move(why));
  outcome.status = Status::kFailed;
  return outcome;
}

std::string outcome_json(const Outcome& outcome) {
  json::Writer json;
  json.open('{').key("status").text(status_name(outcome.status));
  json.key("output").text(outcome.output).key("exit_code");
  if (outcome.exit_code) {
    json.number(*outcome.exit_code);
  } else {
    json.null();
  }
  json.key("error");
  if (outcome.error.empty()) {
    json.null();
  } else {
    json.text(outcome.error);
  }
  return json.key("retryable").boolean(outcome.retryable).close('}').take();
}

}  // namespace hearth::tool
