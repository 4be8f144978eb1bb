#include "tool/held/request.h"

#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::tool::held {

namespace {

constexpr json::Limits kRequestLimits{.bytes = kRequestBytesMax, .depth = 4, .values = 32};
constexpr json::Limits kAnswerLimits{.bytes = kAnswerBytesMax, .depth = 4, .values = 16};
constexpr std::int64_t kAnything = INT64_MAX;
constexpr int kSignalMax = 64;

Result<std::string> text_of(const json::Node& root, std::string_view key) {
  const json::Node node = HEARTH_TRY(root.require(key));
  return std::string(HEARTH_TRY(node.text()));
}

Result<std::int64_t> number_of(const json::Node& root, std::string_view key) {
  const json::Node node = HEARTH_TRY(root.require(key));
  return node.integer(0, kAnything);
}

Result<json::Node> root_of(const boost::json::value& value) {
  json::Node root(value);
  if (!root.is_object()) return fail(root.wrong("must be an object"));
  return root;
}

}  // namespace

std::string request_text(const Request& request) {
  json::Writer json;
  json.open('{').key("tool").text(request.tool).key("arguments").text(request.arguments);
  json.key("workspace").text(request.workspace).key("scratch").text(request.scratch);
  json.key("memory_bytes").number(request.limits.memory_bytes);
  json.key("file_bytes").number(request.limits.file_bytes);
  json.key("processes").number(request.limits.processes);
  return json.key("cpu_seconds").number(request.limits.cpu_seconds).close('}').take();
}

Result<Request> parse_request(std::string_view text) {
  const auto value = HEARTH_TRY(json::parse(text, kRequestLimits));
  const json::Node root = HEARTH_TRY(root_of(value));
  Request request;
  request.tool = HEARTH_TRY(text_of(root, "tool"));
  request.arguments = HEARTH_TRY(text_of(root, "arguments"));
  request.workspace = HEARTH_TRY(text_of(root, "workspace"));
  request.scratch = HEARTH_TRY(text_of(root, "scratch"));
  Limits& limits = request.limits;
  limits.memory_bytes = static_cast<std::uint64_t>(HEARTH_TRY(number_of(root, "memory_bytes")));
  limits.file_bytes = static_cast<std::uint64_t>(HEARTH_TRY(number_of(root, "file_bytes")));
  limits.processes = static_cast<std::uint32_t>(HEARTH_TRY(number_of(root, "processes")));
  limits.cpu_seconds = static_cast<std::uint32_t>(HEARTH_TRY(number_of(root, "cpu_seconds")));
  return request;
}

std::string answer_text(const Answer& answer) {
  json::Writer json;
  json.open('{');
  if (answer.exit_code) json.key("exit_code").number(*answer.exit_code);
  if (answer.signal) json.key("signal").number(*answer.signal);
  if (!answer.error.empty())
    json.key("error").text(std::string_view(answer.error).substr(0, kWordsBytesMax / 2));
  return json.close('}').take();
}

Result<Answer> parse_answer(std::string_view text) {
  const auto value = HEARTH_TRY(json::parse(text, kAnswerLimits));
  const json::Node root = HEARTH_TRY(root_of(value));
  Answer answer;
  for (const auto& [key, node] : HEARTH_TRY(root.members())) {
    if (key == "exit_code") {
      answer.exit_code = static_cast<int>(HEARTH_TRY(node.integer(0, 255)));
    } else if (key == "signal") {
      answer.signal = static_cast<int>(HEARTH_TRY(node.integer(1, kSignalMax)));
    } else if (key == "error") {
      answer.error = HEARTH_TRY(node.text());
      if (answer.error.empty() || answer.error.size() > kWordsBytesMax)
        return fail(node.wrong("must have words, and not too many"));
    } else {
      return fail(node.wrong("is not a field of an answer"));
    }
  }
  if (answer.exit_code.has_value() + answer.signal.has_value() + !answer.error.empty() > 1)
    return fail(root.wrong("must have one outcome"));
  return answer;
}

}  // namespace hearth::tool::held
