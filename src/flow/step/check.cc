#include "flow/step/check.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "constraint/document_check.h"
#include "constraint/grammar.h"
#include "constraint/matcher.h"
#include "constraint/schema.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

using MaybeGrammar = Result<std::shared_ptr<const constraint::Grammar>>;

MaybeGrammar grammar_of_schema(std::string_view schema) {
  const constraint::Rules rules = HEARTH_TRY(constraint::rules_of_schema(schema));
  return constraint::Grammar::compile(rules);
}

// Whole texts in which the expression is found, as JSON strings: a grammar follows them in one
// pass, whatever the expression is, where a backtracking matcher could be made to take for ever.
MaybeGrammar grammar_of_regex(const std::string& expression) {
  json::Writer schema;
  schema.open('{').key("type").text("string").key("pattern").text(expression).close('}');
  return grammar_of_schema(schema.str());
}

bool fits(const std::shared_ptr<const constraint::Grammar>& grammar, std::string_view text) {
  constraint::Matcher matcher(grammar);
  const auto taken = matcher.accept(text);
  return taken && *taken && matcher.may_end();
}

// Empty, or what is wrong.
std::string against_schema(const std::string& schema, std::string_view output) {
  auto check = constraint::DocumentCheck::create(schema);
  if (!check) return check.error().message;
  const auto value = json::parse(output);
  if (!value) return fmt::format("it is no JSON: {}", value.error().message);
  const auto problems = check->problems(*value);
  if (!problems) return problems.error().message;
  return problems->empty() ? "" : "it does not fit the schema: " + problems->front().to_string();
}

std::string against_regex(const std::string& expression, std::string_view output) {
  const auto grammar = grammar_of_regex(expression);
  if (!grammar) return grammar.error().message;
  std::string quoted;
  json::append_quoted(quoted, output);
  return fits(*grammar, quoted) ? "" : fmt::format("it has nothing like {}", expression);
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// REQUIRES: UTF-8.
std::uint64_t count_characters(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0U) != 0x80U; }));
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string against(const Check& check, const StepEnd& end) {
  switch (check.kind) {
    case Check::Kind::kNonempty:
      return is_blank(end.output) ? "it is empty" : "";
    case Check::Kind::kJsonSchema:
      return against_schema(check.value, end.output);
    case Check::Kind::kRegex:
      return against_regex(check.value, end.output);
    case Check::Kind::kContains:
      if (end.output.find(check.value) != std::string_view::npos) return "";
      return fmt::format("it does not contain \"{}\"", check.value);
    case Check::Kind::kFileExists: {
      const auto& missing = end.missing_files;
      const bool there = std::find(missing.begin(), missing.end(), check.value) == missing.end();
      return there ? "" : fmt::format("there is no file {}", check.value);
    }
    case Check::Kind::kExitZero:
      return end.exit_code == 0 ? "" : fmt::format("exit code {}", end.exit_code);
    case Check::Kind::kMaxChars: {
      const std::uint64_t most = number_in(check.value).value_or(0);
      const std::uint64_t has = count_characters(end.output);
      return has <= most ? "" : fmt::format("{} characters are more than {}", has, most);
    }
    case Check::Kind::kCritic:
      return "";
  }
  return "";
}

}  // namespace

std::vector<CheckResult> check_step(const Step& step, const StepEnd& end) {
  std::vector<CheckResult> results;
  const auto note = [&](Check::Kind kind, std::string detail) {
    const bool passed = detail.empty();
    results.push_back({kind, passed, std::move(detail)});
  };
  if (!step.output_schema.empty()) {
    note(Check::Kind::kJsonSchema, against_schema(step.output_schema, end.output));
  } else if (step.output == Step::Output::kJson) {
    const auto value = json::parse(end.output);
    note(Check::Kind::kJsonSchema, value ? "" : "it is no JSON: " + value.error().message);
  }
  for (const Check& check : step.checks)
    if (check.kind != Check::Kind::kCritic) note(check.kind, against(check, end));
  return results;
}

std::string problem_of_check(const Check& check, const Step& step) {
  const std::string_view name = check_name(check.kind);
  switch (check.kind) {
    case Check::Kind::kJsonSchema: {
      const auto made = constraint::DocumentCheck::create(check.value);
      return made ? "" : fmt::format("check {}: {}", name, made.error().message);
    }
    case Check::Kind::kRegex: {
      const auto grammar = grammar_of_regex(check.value);
      return grammar ? "" : fmt::format("check {}: {}", name, grammar.error().message);
    }
    case Check::Kind::kMaxChars:
      return number_in(check.value) ? "" : fmt::format("check {}: its value is no number", name);
    case Check::Kind::kExitZero:
      return step.kind == Step::Kind::kTool ? ""
                                            : fmt::format("check {}: it is no tool step", name);
    case Check::Kind::kContains:
    case Check::Kind::kFileExists:
      return check.value.empty() ? fmt::format("check {}: it has no value", name) : "";
    case Check::Kind::kNonempty:
    case Check::Kind::kCritic:
      return "";
  }
  return "";
}

}  // namespace hearth::flow
