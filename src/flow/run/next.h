// What a run does next: the state machine of planner, critic and executor, as one pure decision.
//
//   INTAKE → DIRECT, or
//   PLAN → gate → CRITIQUE → steps one after the other → ANSWER
//
// Every limit is in here: of plans, criticism, attempts, budgets and repetitions. A run that folds
// what it is told to do ends in a finite number of events, whatever models and tools say.
//
// Threads: pure, but that it asks the tools what they are and which files there are.
#pragma once

#include <cstdint>
#include <variant>

#include "flow/run/event.h"
#include "flow/run/state.h"
#include "flow/tools.h"

namespace hearth::flow {

// Longest answers.
struct AnswerLengths {
  std::uint32_t plan = 1536;
  std::uint32_t critique = 768;
  std::uint32_t step = 1024;
  std::uint32_t answer = 2048;
};

struct Terms {
  const Tools& tools;
  AnswerLengths lengths = {};
};

// To be kept, and then decided anew.
struct Tell {
  Event event;
};
// The open call, of a model or a tool, is to be made, and its end told.
struct Perform {};
// Somebody has to answer State::approval, or to resume what is paused.
struct Await {};
struct Rest {};  // the run is over

using Action = std::variant<Tell, Perform, Await, Rest>;

Action next(const State& state, const Terms& terms);

// The parts of it. next_plan.cc
Event next_of_plan(const State& state, const Terms& terms);
// What the planner, or the critic of a plan, has said. REQUIRES: the call is over.
Event conclusion_of_plan(const State& state);
Event conclusion_of_critique(const State& state, const Terms& terms);

// next_step.cc
Event next_of_steps(const State& state, const Terms& terms);
Event conclusion_of_step(const State& state, const Terms& terms);
Event conclusion_of_tool(const State& state, const Terms& terms);
Event conclusion_of_judge(const State& state);

// next_end.cc. All steps are done, or nothing more can be.
Event next_of_answer(const State& state, const Terms& terms);
Event conclusion_of_answer(const State& state, const Terms& terms);
RunEnded ending(const State& state, RunEnded::How how, std::string message);
// What there is when a run cannot go on: partial if a step has a result, else failed.
RunEnded stopping(const State& state, std::string message);

// A call of a model, or that the budget has none left.
Event intend(const State& state, const Terms& terms, Purpose purpose, std::string_view step = {});
// How many times a model that cannot answer is asked again.
inline constexpr std::uint32_t kFailuresMost = 3;
bool may_ask_again(const State& state);
// How many times a prompt that does not fit is made smaller.
inline constexpr std::uint32_t kSqueezesMost = 2;

}  // namespace hearth::flow
