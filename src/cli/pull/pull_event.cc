#include "cli/pull/pull_event.h"

#include <limits>

#include "cli/completion.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

Result<std::string> text_of(const json::Node& object, std::string_view key) {
  const auto field = object.find(key);
  if (!field) return std::string();
  return std::string(HEARTH_TRY(field->text()));
}

Result<std::int64_t> number_of(const json::Node& object, std::string_view key) {
  const auto field = object.find(key);
  if (!field) return 0;
  return field->integer(0, std::numeric_limits<std::int64_t>::max());
}

Result<std::vector<std::string>> texts_of(const json::Node& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto field = object.find(key);
  if (!field) return texts;
  for (const json::Node& element : HEARTH_TRY(field->elements()))
    texts.emplace_back(HEARTH_TRY(element.text()));
  return texts;
}

Result<PullEvent> read_event(const json::Node& root) {
  if (!root.is_object()) return fail(Code::kUpstream, "it is no object");
  PullEvent event;
  event.status = HEARTH_TRY(text_of(root, "status"));
  event.file = HEARTH_TRY(text_of(root, "file"));
  event.number = HEARTH_TRY(number_of(root, "number"));
  event.done_bytes = HEARTH_TRY(number_of(root, "done_bytes"));
  event.size_bytes = HEARTH_TRY(number_of(root, "size_bytes"));
  event.problem = HEARTH_TRY(text_of(root, "problem"));
  event.retry_in_ms = HEARTH_TRY(number_of(root, "retry_in_ms"));
  event.model = HEARTH_TRY(text_of(root, "model"));
  event.warnings = HEARTH_TRY(texts_of(root, "warnings"));
  if (event.status.empty()) return fail(Code::kUpstream, "it has no status");
  // At the end they are a list.
  const auto files = root.find("files");
  if (files && !files->is_array()) event.files = HEARTH_TRY(number_of(root, "files"));
  return event;
}

}  // namespace

Result<PullEvent> parse_pull_event(std::string_view line) {
  const auto document = json::parse(line);
  if (document) {
    const json::Node root(*document);
    if (root.is_object() && root.find("error")) return fail(reply_error(0, line));
    auto event = read_event(root);
    if (event) return event;
    return fail(Code::kUpstream,
                "the daemon tells of the pull what makes no sense: " + event.error().message);
  }
  return fail(Code::kUpstream,
              "the daemon tells of the pull what is no JSON: " + document.error().message);
}

}  // namespace hearth::cli
