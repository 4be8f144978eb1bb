// A run without threads, database and models: each call is answered by a function, and what is told
// is kept in a vector, which may be cut anywhere to see what becomes of a run that was ended there.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flow/run/next.h"
#include "flow/run/state.h"
#include "flow/testing/scripted_tools.h"

namespace hearth::flow::testing {

inline constexpr std::size_t kEventsMost = 500;

struct Scene {
  ScriptedTools tools;
  // What a model says; a CallFailed is one that cannot.
  std::function<Event(const State&, const CallIntended&)> model;
  std::function<ApprovalResolved(const State&, const ApprovalRequested&)> person;
  std::vector<Event> log;
  State state;
  std::vector<std::pair<std::uint32_t, Purpose>> asked;

  Scene() {
    person = [](const State&, const ApprovalRequested& request) {
      return ApprovalResolved{request.approval, true, "yes", "test"};
    };
  }

  void tell(Event event) {
    fold(state, event);
    log.push_back(std::move(event));
  }

  // As after an end of the process: what was kept is all there is.
  void resume() {
    state = state_of(log);
    tell(RunResumed{});
  }

  // Until the run is over, somebody is waited for who says nothing, or so many events are there.
  void go(std::size_t events_most = kEventsMost) {
    while (log.size() < events_most) {
      const Action action = next(state, Terms{tools});
      if (const Tell* told = std::get_if<Tell>(&action)) {
        tell(told->event);
      } else if (std::holds_alternative<Perform>(action)) {
        perform();
      } else if (std::holds_alternative<Await>(action)) {
        if (!person) return;
        tell(person(state, *state.approval));
      } else {
        return;
      }
    }
  }

  void perform() {
    if (state.tool_use && !state.tool_use->completed) {
      const ToolIntended intent = state.tool_use->intent;
      tell(ToolCompleted{intent.call, tools.run(intent.tool, {}), 1});
      return;
    }
    const CallIntended intent = state.model_call->intent;
    asked.emplace_back(intent.call, intent.purpose);
    tell(model(state, intent));
  }

  template <typename Kind>
  std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const Event& event : log)
      if (const Kind* one = std::get_if<Kind>(&event)) found.push_back(*one);
    return found;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Event& event : log)
      names.emplace_back(event_name(event));
    return names;
  }
};

inline CallCompleted said(const CallIntended& intent, std::string text) {
  CallCompleted completed;
  completed.call = intent.call;
  completed.text = std::move(text);
  completed.prompt_tokens = 100;
  completed.completion_tokens = 50;
  completed.took_ms = 10;
  return completed;
}

}  // namespace hearth::flow::testing
