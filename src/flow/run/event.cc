#include "flow/run/event.h"

#include <array>
#include <concepts>
#include <type_traits>
#include <utility>

#include <boost/json/value.hpp>

#include "flow/fields.h"
#include "flow/run/event_fields.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

using json::Node;

class FieldWriter {
 public:
  void operator()(std::string_view key, const std::string& text) { json_.key(key).text(text); }
  void operator()(std::string_view key, const bool& flag) { json_.key(key).boolean(flag); }
  template <std::integral Number>
  void operator()(std::string_view key, const Number& number) {
    json_.key(key).number(number);
  }
  void operator()(std::string_view key, const std::vector<std::string>& texts) {
    json_.key(key).open('[');
    for (const std::string& text : texts)
      json_.text(text);
    json_.close(']');
  }
  template <typename Value, std::size_t kCount>
  void operator()(std::string_view key, const Words<Value, kCount>& words, Value value) {
    json_.key(key).text(words.word(value));
  }
  void operator()(std::string_view key, const base::Code& code) {
    json_.key(key).text(base::code_name(code));
  }
  void operator()(std::string_view key, const Budget& budget) {
    write_budget(json_.key(key), budget);
  }
  void operator()(std::string_view key, const Plan& plan) {
    json_.key(key).verbatim(plan_json(plan));
  }
  void operator()(std::string_view key, const std::optional<Critique>& critique) {
    if (critique) json_.key(key).verbatim(critique_json(*critique));
  }
  void operator()(std::string_view key, const std::vector<CheckResult>& checks) {
    json_.key(key).open('[');
    for (const CheckResult& check : checks) {
      json_.open('{').key("type").text(check_name(check.kind));
      json_.key("pass").boolean(check.passed);
      if (!check.detail.empty()) json_.key("detail").text(check.detail);
      json_.close('}');
    }
    json_.close(']');
  }

  json::Writer& json() { return json_; }

 private:
  json::Writer json_;
};

Result<std::vector<CheckResult>> read_checks(const Node& node) {
  std::vector<CheckResult> checks;
  for (const Node& one : HEARTH_TRY(node.elements())) {
    CheckResult check;
    const std::string type = HEARTH_TRY(required_text(one, "type"));
    const auto kind = find_check(type);
    if (!kind) return fail(one.wrong("is no check"));
    check.kind = *kind;
    HEARTH_TRY(read_field(one, "pass", check.passed));
    HEARTH_TRY(read_field(one, "detail", check.detail));
    checks.push_back(std::move(check));
  }
  return checks;
}

Result<base::Code> read_code(const Node& node) {
  const std::string_view word = HEARTH_TRY(node.text());
  for (int number = 1; number <= static_cast<int>(base::Code::kUnimplemented); ++number) {
    const base::Code code = base::code_from_number(static_cast<std::uint8_t>(number));
    if (base::code_name(code) == word) return code;
  }
  return fail(node.wrong("is no code"));
}

// Reads until the first field that is wrong.
class FieldReader {
 public:
  explicit FieldReader(const Node& node) : node_(node) {}

  template <typename Value>
  void operator()(std::string_view key, Value& value) {
    if (failure_) return;
    note(read(key, value));
  }
  template <typename Value, std::size_t kCount>
  void operator()(std::string_view key, const Words<Value, kCount>& words, Value& value) {
    if (failure_) return;
    note(read_field(node_, key, words, value));
  }

  const std::optional<Error>& failure() const { return failure_; }

 private:
  template <typename Value>
  Result<void> read(std::string_view key, Value& value) {
    return read_field(node_, key, value);
  }
  Result<void> read(std::string_view key, std::uint64_t& number) {
    if (const auto field = node_.find(key)) number = HEARTH_TRY(field->bits64());
    return {};
  }
  Result<void> read(std::string_view key, base::Code& code) {
    if (const auto field = node_.find(key)) code = HEARTH_TRY(read_code(*field));
    return {};
  }
  Result<void> read(std::string_view key, Budget& budget) {
    if (const auto field = node_.find(key)) budget = HEARTH_TRY(read_budget(*field));
    return {};
  }
  Result<void> read(std::string_view key, Plan& plan) {
    const Node field = HEARTH_TRY(node_.require(key));
    plan = HEARTH_TRY(read_plan(field.json()));
    return {};
  }
  Result<void> read(std::string_view key, std::optional<Critique>& critique) {
    if (const auto field = node_.find(key)) critique = HEARTH_TRY(read_critique(field->json()));
    return {};
  }
  Result<void> read(std::string_view key, std::vector<CheckResult>& checks) {
    if (const auto field = node_.find(key)) checks = HEARTH_TRY(read_checks(*field));
    return {};
  }
  void note(const Result<void>& read) {
    if (!read) failure_ = read.error();
  }

  const Node& node_;
  std::optional<Error> failure_;
};

std::string_view name_of(const PlanCreated& event) {
  return event.revision > 1 ? "plan.revised" : "plan.created";
}
std::string_view name_of(const StepFailed& event) {
  return event.retried ? "step.retry" : "step.failed";
}
std::string_view name_of(const RunEnded& event) {
  switch (event.how) {
    case RunEnded::How::kCompleted:
    case RunEnded::How::kPartial:
      return "run.completed";
    case RunEnded::How::kFailed:
      return "run.failed";
    case RunEnded::How::kCancelled:
      return "run.cancelled";
  }
  return "run.failed";
}
template <typename Kind>
std::string_view name_of(const Kind&) {
  return Kind::kName;
}

template <typename Kind>
bool is_named(std::string_view name) {
  if constexpr (std::is_same_v<Kind, PlanCreated>) {
    return name == "plan.created" || name == "plan.revised";
  } else if constexpr (std::is_same_v<Kind, StepFailed>) {
    return name == "step.failed" || name == "step.retry";
  } else if constexpr (std::is_same_v<Kind, RunEnded>) {
    return name == "run.completed" || name == "run.failed" || name == "run.cancelled";
  } else {
    return name == Kind::kName;
  }
}

template <std::size_t kAt = 0>
std::optional<Event> blank_event(std::string_view name) {
  if constexpr (kAt == std::variant_size_v<Event>) {
    return std::nullopt;
  } else {
    using Kind = std::variant_alternative_t<kAt, Event>;
    if (is_named<Kind>(name)) return Event(std::in_place_type<Kind>);
    return blank_event<kAt + 1>(name);
  }
}

}  // namespace

std::string_view event_name(const Event& event) {
  return std::visit([](const auto& kind) { return name_of(kind); }, event);
}

std::string event_json(const Event& event) {
  FieldWriter fields;
  fields.json().open('{');
  std::visit([&](auto kind) { list(kind, fields); }, event);
  return fields.json().close('}').take();
}

Result<Event> read_event(std::string_view name, std::string_view text) {
  const auto corrupt = [&](std::string_view why) {
    return fail(Code::kCorrupt, fmt::format("an event {} of a run cannot be read: {}", name, why));
  };
  std::optional<Event> event = blank_event(name);
  if (!event) return corrupt("nobody knows this kind");
  const auto value = json::parse(text, {.bytes = 2 * kEventBytesMost});
  if (!value) return corrupt(value.error().message);
  const Node node(*value, std::string(name));
  if (!node.is_object()) return corrupt("it is no object");
  FieldReader fields(node);
  std::visit([&](auto& kind) { list(kind, fields); }, *event);
  if (fields.failure()) return corrupt(fields.failure()->message);
  return *std::move(event);
}

}  // namespace hearth::flow
