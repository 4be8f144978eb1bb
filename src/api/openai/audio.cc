#include "api/openai/audio.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/core/errors.h"
#include "api/core/field_checks.h"
#include "api/core/form_body.h"
#include "api/core/reply.h"
#include "base/utf8.h"

namespace hearth::api::openai {

namespace {

constexpr std::size_t kShownBytes = 100;
constexpr std::size_t kTextBytesMax = 64 * 1024;  // of any part but the recording
constexpr std::string_view kFormats[] = {"json", "text", "srt", "verbose_json", "vtt"};
// Taken, because nothing depends on them before there is an answer.
constexpr std::string_view kOthers[] = {
    "language", "prompt", "stream", "chunking_strategy", "include[]", "timestamp_granularities[]"};

struct Recording {
  std::string model;
  std::string_view bytes;
};

Failure wrong(std::string_view field, std::string_view rest) {
  return fail(Code::kInvalidArgument, fmt::format("{} {}", field, rest), std::string(field));
}

bool is_in(std::string_view word, const auto& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

Result<void> check_temperature(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && value >= 0 && value <= 1) return {};
  return wrong("temperature", "must be a number from 0 to 1");
}

Result<void> read_part(const FormPart& part, Recording& recording) {
  if (part.name == "file") {
    recording.bytes = part.content;
    return {};
  }
  if (part.content.size() > kTextBytesMax || !base::is_utf8(part.content)) {
    return wrong(part.name, fmt::format("must be a text of at most {} bytes", kTextBytesMax));
  }
  if (part.name == "model") {
    recording.model = std::string(part.content.substr(0, kModelNameBytesMax));
  } else if (part.name == "response_format") {
    if (!is_in(part.content, kFormats)) {
      return wrong(part.name, "must be json, text, srt, verbose_json or vtt");
    }
  } else if (part.name == "temperature") {
    return check_temperature(part.content);
  } else if (!is_in(std::string_view(part.name), kOthers)) {
    return wrong(part.name, "is not a field that is supported here; leave it out");
  }
  return {};
}

// Of two that are called alike nobody knows which one is meant; lists are sent so.
Result<void> check_once(const std::vector<FormPart>& parts) {
  std::set<std::string_view> names;
  for (const FormPart& part : parts) {
    const bool is_first = names.insert(part.name).second;
    if (is_first || part.name.ends_with("[]")) continue;
    return wrong(part.name, "is there twice");
  }
  return {};
}

Result<Recording> read_recording(const net::HttpRequest& request) {
  const auto type = request.find_header("content-type");
  const auto parts = HEARTH_TRY(parse_form(type.value_or(""), request.body));
  HEARTH_TRY(check_once(parts));
  Recording recording;
  for (const FormPart& part : parts)
    HEARTH_TRY(read_part(part, recording));
  if (recording.bytes.empty()) return wrong("file", "is missing: send the recording in it");
  if (recording.model.empty()) return wrong("model", "is missing: name one of GET /v1/models");
  return recording;
}

// What a model's capabilities say; there is no word for hearing among them yet.
Error cannot_hear(const std::string& model, const provider::Provider& provider) {
  const std::string shown = model.substr(0, kShownBytes);
  const auto models = provider.models();
  const bool is_here = std::any_of(models.begin(), models.end(),
                                   [&](const auto& entry) { return entry.name == model; });
  if (!is_here) {
    return make_error(
        Code::kNotFound,
        fmt::format("there is no model \"{}\"; GET /v1/models lists those that exist", shown));
  }
  return make_error(
      Code::kInvalidArgument,
      fmt::format("the model \"{}\" cannot hear, and neither can any other here yet: turn the "
                  "recording into text elsewhere, and send the text",
                  shown));
}

}  // namespace

asio::awaitable<void> transcribe(Call& call, const provider::Provider& provider) {
  const auto recording = read_recording(call.exchange.request());
  if (!recording) {
    std::string param = recording.error().context;
    co_await send_error(call.exchange, recording.error(), std::move(param));
    co_return;
  }
  call.note.model = recording->model;
  Error error = cannot_hear(recording->model, provider);
  std::string param(kModelField);
  co_await send_error(call.exchange, std::move(error), std::move(param));
}

}  // namespace hearth::api::openai
