#include <fmt/format.h>

#include "flow/plan/plan.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

constexpr std::size_t kReasonMost = 1200, kGoalMost = 400, kTitleMost = 80, kInstructionMost = 800;
constexpr std::size_t kListMost = 6;

class SchemaText {
 public:
  explicit SchemaText(json::Writer& json) : json_(json) {}

  void text(std::string_view key, std::size_t most) {
    json_.key(key).open('{').key("type").text("string");
    if (most > 0) json_.key("maxLength").number(std::uint64_t{most});
    json_.close('}');
  }
  void texts(std::string_view key, std::size_t least, std::size_t most) {
    json_.key(key).open('{').key("type").text("array");
    if (least > 0) json_.key("minItems").number(std::uint64_t{least});
    if (most > 0) json_.key("maxItems").number(std::uint64_t{most});
    json_.key("items").open('{').key("type").text("string").close('}').close('}');
  }
  template <typename Words>
  void one_of(std::string_view key, const Words& words) {
    json_.key(key).open('{').key("enum").open('[');
    for (const std::string_view word : words)
      json_.text(word);
    json_.close(']').close('}');
  }
  template <typename Words>
  void begin_object(const Words& required) {
    json_.open('{').key("type").text("object").key("additionalProperties").boolean(false);
    json_.key("required").open('[');
    for (const std::string_view key : required)
      json_.text(key);
    json_.close(']').key("properties").open('{');
  }
  void end_object() { json_.close('}').close('}'); }

 private:
  json::Writer& json_;
};

using WordList = std::initializer_list<std::string_view>;

void write_checks(json::Writer& json, SchemaText& schema) {
  json.key("checks").open('{').key("type").text("array");
  json.key("maxItems").number(std::uint64_t{kChecksMost}).key("items");
  schema.begin_object(WordList{"type"});
  schema.one_of("type", WordList{"nonempty", "json_schema", "regex", "contains", "file_exists",
                                 "exit_zero", "max_chars", "critic"});
  json.key("value").open('{').close('}');
  schema.end_object();
  json.close('}');
}

void write_step(json::Writer& json, SchemaText& schema, const std::vector<std::string>& tools) {
  schema.begin_object(WordList{"id", "kind", "title", "instruction"});
  json.key("id").open('{').key("type").text("string");
  json.key("pattern").text("^s[1-9][0-9]?$").close('}');
  if (tools.empty()) {
    schema.one_of("kind", WordList{"llm", "ask_user"});
  } else {
    schema.one_of("kind", WordList{"llm", "tool", "ask_user"});
  }
  schema.text("title", kTitleMost);
  schema.text("instruction", kInstructionMost);
  if (!tools.empty()) {
    schema.one_of("tool", tools);
    json.key("args").open('{').key("type").text("object").close('}');
  }
  schema.texts("depends_on", 0, 0);
  schema.one_of("output", WordList{"text", "json", "file", "none"});
  json.key("output_schema").open('{').key("type").text("object").close('}');
  write_checks(json, schema);
  schema.one_of("on_fail", WordList{"retry", "replan", "skip", "abort"});
  json.key("max_attempts").open('{').key("type").text("integer").key("minimum").number(1);
  json.key("maximum").number(kAttemptsMost).close('}');
  schema.end_object();
}

}  // namespace

std::string plan_schema(const std::vector<std::string>& tools, std::size_t steps_max) {
  json::Writer json;
  SchemaText schema(json);
  schema.begin_object(WordList{"reason", "goal", "success_criteria", "steps"});
  schema.text("reason", kReasonMost);
  schema.text("goal", kGoalMost);
  schema.texts("assumptions", 0, kListMost);
  schema.texts("success_criteria", 1, kListMost);
  json.key("steps").open('{').key("type").text("array").key("minItems").number(1);
  json.key("maxItems").number(std::uint64_t{steps_max}).key("items");
  write_step(json, schema, tools);
  json.close('}').key("final");
  schema.begin_object(WordList{});
  schema.texts("from", 0, 0);
  schema.one_of("format", WordList{"text", "json", "markdown"});
  schema.end_object();
  schema.end_object();
  return json.take();
}

}  // namespace hearth::flow
