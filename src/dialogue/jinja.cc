#include "dialogue/jinja.h"

#include <exception>
#include <new>
#include <optional>

#include "base/utf8.h"
#include "dialogue/jinja_engine.h"
#include "dialogue/jinja_fault.h"
#include "dialogue/jinja_program.h"
#include "dialogue/jinja_watch.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::dialogue {

namespace {

using ::jinja::mk_val;

// The engine drops a single character that stands before the first tag; not behind this.
constexpr std::string_view kBeginning = "{{''}}";

std::string source_of(const std::string& text) {
  const bool space = text.empty() || text.front() == ' ' || text.front() == '\t';
  return (space ? std::string() : std::string(kBeginning)) + text;
}

Failure failed(const Jinja& jinja, const std::string& said, const Watch& watch) {
  const JinjaFault fault = fault_of(said, source_of(jinja.text));
  const auto where = jinja.name + (fault.line ? ", line " + std::to_string(*fault.line) : "");
  if (const auto& stopped = watch.stopped()) {
    return fail(stopped->code, "the template " + where + " " + stopped->message, jinja.name);
  }
  return fail(Code::kInvalidArgument, "the template " + where + ": " + fault.sentence, jinja.name);
}

// --- variables

Result<::jinja::value> value_of(const json::Node& node);

Result<::jinja::value> object_of(const json::Node& node) {
  auto object = mk_val<::jinja::value_object>();
  const auto members = HEARTH_TRY(node.members());
  for (const auto& [key, member] : members) {
    auto value = HEARTH_TRY(value_of(member));
    object->insert(std::string(key), std::move(value));
  }
  return object;
}

Result<::jinja::value> value_of(const json::Node& node) {
  if (node.is_null()) return mk_val<::jinja::value_none>();
  if (node.is_string()) return mk_val<::jinja::value_string>(std::string(*node.text()));
  if (node.is_object()) return object_of(node);
  if (node.is_array()) {
    auto array = mk_val<::jinja::value_array>();
    const auto elements = HEARTH_TRY(node.elements());
    for (const auto& element : elements)
      array->push_back(HEARTH_TRY(value_of(element)));
    return array;
  }
  if (const auto truth = node.boolean()) return mk_val<::jinja::value_bool>(*truth);
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  if (const auto whole = node.integer(kLeast, kMost)) return mk_val<::jinja::value_int>(*whole);
  constexpr auto kLargest = std::numeric_limits<double>::max();
  return mk_val<::jinja::value_float>(HEARTH_TRY(node.number(-kLargest, kLargest)));
}

Result<void> set_variables(::jinja::context& context, std::string_view variables) {
  if (variables.empty()) return {};
  const auto parsed = HEARTH_TRY(json::parse(variables, {.bytes = kVariablesBytesMax}));
  const auto members = HEARTH_TRY(json::Node(parsed, "variables").members());
  for (const auto& [name, member] : members) {
    auto value = HEARTH_TRY(value_of(member));
    context.set_val(std::string(name), value);
  }
  return {};
}

Result<std::string> run(const Jinja& jinja, std::string_view variables) {
  const auto source = source_of(jinja.text);
  const auto read = ::jinja::lexer().tokenize(source);
  const auto program = watched_program(read, Undefined::kMistake);
  ::jinja::context context(read.source);
  HEARTH_TRY(set_variables(context, variables));
  const auto made = ::jinja::runtime(context).execute(program);
  return ::jinja::runtime::gather_string_parts(made)->val_str.str();
}

}  // namespace

Result<std::string> render(const Jinja& jinja, std::string_view variables) {
  if (jinja.text.size() > kJinjaBytesMax) {
    return fail(Code::kResourceExhausted,
                "the template " + jinja.name + " has more than " + std::to_string(kJinjaBytesMax) +
                    " bytes",
                jinja.name);
  }
  if (!base::is_utf8(jinja.text)) {
    return fail(Code::kInvalidArgument, "the template " + jinja.name + " is not UTF-8", jinja.name);
  }
  const Watch watch(jinja.allowance);
  try {
    return run(jinja, variables);
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, "the template " + jinja.name + " makes more than fits memory",
                jinja.name);
  } catch (const std::exception& error) {
    return failed(jinja, error.what(), watch);
  }
}

}  // namespace hearth::dialogue
