#include "agent/turn.h"

#include <algorithm>
#include <utility>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "agent/call_news.h"
#include "json/parse.h"
#include "json/value_text.h"
#include "json/writer.h"
#include "tool/output_clip.h"
#include "tool/toolbox.h"

namespace hearth::agent {

namespace {

namespace bj = boost::json;

constexpr json::Limits kArgumentLimits{
    .bytes = tool::kArgumentsBytesMax, .depth = 32, .values = 10'000};

// Members by name. It recurses no deeper than kArgumentLimits.
void write_canonical(json::Writer& json, const bj::value& value) {
  if (const bj::object* object = value.if_object()) {
    std::map<std::string_view, const bj::value*> members;
    for (const auto& member : *object)
      members[member.key()] = &member.value();
    json.open('{');
    for (const auto& [name, member] : members) {
      json.key(name);
      write_canonical(json, *member);
    }
    json.close('}');
  } else if (const bj::array* array = value.if_array()) {
    json.open('[');
    for (const bj::value& element : *array)
      write_canonical(json, element);
    json.close(']');
  } else {
    json.verbatim(json::value_text(value));
  }
}

std::string clipped(const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  const tool::Hearing nobody;
  tool::OutputClip clip(bytes_max, nobody);
  clip.take(text);
  return clip.text();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

std::string call_key(const chat::ToolCall& call) {
  const auto value = json::parse(call.arguments, kArgumentLimits);
  if (!value) return call.name + " " + call.arguments;
  json::Writer json;
  write_canonical(json, *value);
  return call.name + " " + json.take();
}

std::string result_text(const tool::Outcome& outcome) {
  if (outcome.is_ok()) return outcome.output.empty() ? "(no output)" : outcome.output;
  std::string text = fmt::format("{}: {}", tool::status_name(outcome.status), outcome.error);
  if (!outcome.output.empty()) text += "\n" + outcome.output;
  return text;
}

void Turn::begin_round(chat::Message answer) {
  ++round_;
  answer_ = std::move(answer);
  at_ = 0;
  results_.clear();
}

std::optional<Step> Turn::next() {
  if (at_ == answer_.tool_calls.size()) return std::nullopt;
  const chat::ToolCall& call = answer_.tool_calls[at_];
  return Step{call, refusal_of(call)};
}

std::optional<tool::Outcome> Turn::refusal_of(const chat::ToolCall& call) {
  if (!may_call()) return tool::refused("it was not made, because " + why());
  if (at_ >= limits_.calls) {
    return tool::refused(
        fmt::format("it was not made, because only {} calls are made at a time", limits_.calls));
  }
  if (++seen_[call_key(call)] >= limits_.repeats) {
    repeated_ = beginning_of(call.name, kNewsBytesMax);
    ending_ = Ending::kRepeats;
    return tool::refused("it was not made again, because " + why());
  }
  const std::vector<std::string> problems = check_(call.name, call.arguments);
  if (problems.empty()) return std::nullopt;
  return tool::refused(joined(problems));
}

void Turn::done(const tool::Outcome& outcome) {
  const chat::ToolCall& call = answer_.tool_calls[at_];
  ++at_;
  const std::size_t left = limits_.output_bytes - std::min(limits_.output_bytes, output_bytes_);
  chat::Message result;
  result.role = chat::Role::kTool;
  result.content = clipped(result_text(outcome), std::max(left, kWordsBytesMax));
  result.tool_call_id = call.id;
  result.tool_name = call.name;
  output_bytes_ += result.content.size();
  if (may_call() && output_bytes_ >= limits_.output_bytes) ending_ = Ending::kOutput;
  results_.push_back(std::move(result));
}

std::vector<chat::Message> Turn::end_round() {
  if (may_call() && round_ >= limits_.rounds) ending_ = Ending::kRounds;
  if (!may_call() && !results_.empty()) {
    results_.back().content += fmt::format(
        "\n\n[No more tools are run now, because {}. Answer with what is known.]", why());
  }
  std::vector<chat::Message> messages = {std::move(answer_)};
  std::ranges::move(results_, std::back_inserter(messages));
  answer_ = {};
  results_.clear();
  at_ = 0;
  return messages;
}

std::string Turn::why() const {
  switch (ending_) {
    case Ending::kNone:
      return {};
    case Ending::kRounds:
      return fmt::format("calls were made in {} round{}", limits_.rounds,
                         limits_.rounds == 1 ? "" : "s");
    case Ending::kRepeats:
      return fmt::format("{} was called {} times with the same arguments", repeated_,
                         limits_.repeats);
    case Ending::kOutput:
      return fmt::format("what tools have said fills the {} bytes that there are for it",
                         limits_.output_bytes);
  }
  return {};
}

std::string Turn::note() const {
  if (may_call()) return {};
  return "no more tools were run, because " + why() +
         "; the answer was made of what was known by then";
}

}  // namespace hearth::agent
