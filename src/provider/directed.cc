#include "provider/directed.h"

#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "base/number_text.h"
#include "store/make/directions_over.h"

namespace hearth::provider {

namespace {

using chat::Request;
using chat::Sampling;

// The ranges are those of the API's fields.
struct Real {
  std::string_view name;
  float Sampling::* member;
  float least;
  float most;
};
constexpr Real kReals[] = {
    {"temperature", &Sampling::temperature, 0, 2},
    {"top_p", &Sampling::top_p, 0, 1},
    {"min_p", &Sampling::min_p, 0, 1},
    {"typical_p", &Sampling::typical_p, 0, 1},
    {"repeat_penalty", &Sampling::repeat_penalty, 0.01F, 10},
    {"presence_penalty", &Sampling::presence_penalty, -2, 2},
    {"frequency_penalty", &Sampling::frequency_penalty, -2, 2},
    {"mirostat_tau", &Sampling::mirostat_tau, 0, 20},
    {"mirostat_eta", &Sampling::mirostat_eta, 0, 1},
};

static_assert(store::kStopsMax == chat::kStopsMax, "`hearth create` refuses what is dropped here");

constexpr std::int64_t kTokensMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kTopKMost = 1'000'000;

bool take_real(const store::Parameter& parameter, Sampling& sampling) {
  for (const Real& real : kReals) {
    if (real.name != parameter.name) continue;
    const auto value = base::number_in<float>(parameter.value, real.least, real.most);
    if (value) sampling.*real.member = *value;
    return true;
  }
  return false;
}

void take_integer(const store::Parameter& parameter, Request& request) {
  if (parameter.name == "seed") {
    using Limits = std::numeric_limits<std::int64_t>;
    const auto seed = base::number_in<std::int64_t>(parameter.value, Limits::min(), Limits::max());
    if (seed) request.sampling.seed = static_cast<std::uint64_t>(*seed);
    return;
  }
  const auto value = base::number_in<std::int64_t>(parameter.value, -2, kTokensMost);
  if (!value) return;
  Sampling& sampling = request.sampling;
  if (parameter.name == "top_k" && *value >= 0 && *value <= kTopKMost) {
    sampling.top_k = static_cast<std::uint32_t>(*value);
  } else if (parameter.name == "repeat_last_n" && *value >= chat::kWholeContext) {
    sampling.repeat_last_n = static_cast<std::int32_t>(*value);
  } else if (parameter.name == "mirostat" && *value >= 0 && *value <= 2) {
    sampling.mirostat = static_cast<chat::Mirostat>(*value);
  } else if (parameter.name == "num_predict" && *value != 0) {
    // Below zero it is as long as there is room for.
    request.max_tokens = static_cast<std::uint32_t>(*value < 0 ? kTokensMost : *value);
  }
}

void take(const store::Parameter& parameter, Request& request) {
  if (parameter.name != "stop") {
    if (!take_real(parameter, request.sampling)) take_integer(parameter, request);
    return;
  }
  const bool fits = !parameter.value.empty() && parameter.value.size() <= chat::kStopBytesMax;
  if (fits && request.stop.size() < chat::kStopsMax) request.stop.push_back(parameter.value);
}

chat::Role role_of(store::Speaker speaker) {
  switch (speaker) {
    case store::Speaker::kSystem:
      return chat::Role::kSystem;
    case store::Speaker::kUser:
      return chat::Role::kUser;
    case store::Speaker::kAssistant:
      return chat::Role::kAssistant;
  }
  return chat::Role::kUser;
}

}  // namespace

Request blank_request(const store::Directions& directions) {
  Request request;
  for (const store::Parameter& parameter : directions.parameters)
    take(parameter, request);
  return request;
}

void begin_conversation(const store::Directions& directions, std::vector<chat::Message>& messages) {
  std::vector<chat::Message> begin;
  const bool has_system = !messages.empty() && messages.front().role == chat::Role::kSystem;
  // What a client's system message says goes before, wherever the model's own would stand.
  if (!has_system && !directions.system.empty())
    begin.push_back({chat::Role::kSystem, directions.system});
  if (has_system) {
    begin.push_back(std::move(messages.front()));
    messages.erase(messages.begin());
  }
  for (const store::ExampleMessage& message : directions.messages) {
    if (has_system && message.speaker == store::Speaker::kSystem) continue;
    begin.push_back({role_of(message.speaker), message.content});
  }
  messages.insert(messages.begin(), std::make_move_iterator(begin.begin()),
                  std::make_move_iterator(begin.end()));
}

}  // namespace hearth::provider
