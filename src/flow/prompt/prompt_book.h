// What each role is told, and how a run's state is put before it: the shape is the same for every
// model, and small, because a step that carries all that came before is more than a small model
// can follow. The words are texts that a person may replace (docs/flow.md).
//
// Threads: values; pure.
#pragma once

#include <string>

#include "flow/run/role.h"
#include "flow/run/state.h"
#include "flow/tools.h"

namespace hearth::flow {

// Of the results of other steps in one prompt; longer ones lose their middle.
inline constexpr std::size_t kInputBytesMost = 24UL * 1024;

// What the system message says to each role. An empty one is none.
struct PromptBook {
  std::string planner;
  std::string critic;
  std::string executor;
  // Whether a planner makes something of what was wrong with his last plan. One who was never
  // taught that only writes another one.
  bool has_planner_who_listens = true;
};
// For models that have not been taught the form of plans, which is most.
const PromptBook& plain_prompts();
// In the words that ember was taught (models/ember/prompts).
const PromptBook& ember_prompts();

struct Prompt {
  std::string system;
  std::string user;
  std::string schema = {};  // that the answer has to fit; empty: any text
};

// REQUIRES: the state has an open call of a model.
Prompt prompt_of(const State& state, const Tools& tools, const PromptBook& book);

// "- read_file(path): Reads a text file."
std::string tool_list(const std::vector<ToolFacts>& tools);

}  // namespace hearth::flow
