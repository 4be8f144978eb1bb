// Tools as the chat library is told of them, which knows few schemas and takes names that differ
// in a sign for one: under numbers, with what their parameters are in short (constraint/outline.h).
// The prompt shows the model the tools themselves.
//
// Errors:  kInvalidArgument that names the tool whose parameters are no schema of an object;
//          kCancelled, looked for at each tool.
// Threads: immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "chat/request.h"
#include "constraint/outline.h"

namespace hearth::dialogue {

class ToolOutlines {
 public:
  static Result<ToolOutlines> create(std::vector<chat::Tool> tools,
                                     const base::CancelToken& cancel = {});

  const std::vector<chat::Tool>& all() const { return tools_; }
  std::vector<chat::Tool> told() const;
  // The text with the names of tools and members in the place of their numbers.
  std::string revealed(std::string_view text) const;

  // By a number, which is the whole text; nullptr when it is none.
  const chat::Tool* find_tool(std::string_view number) const;
  const constraint::Outline::Member* find_member(std::string_view number) const;
  // REQUIRES: one that was found.
  std::size_t number(const constraint::Outline::Member& member) const;
  // What the parameters of this tool are in short. REQUIRES: one of all().
  const std::string& outline(const chat::Tool& tool) const;

 private:
  std::vector<chat::Tool> tools_;  // all with parameters
  std::vector<constraint::Outline> outlines_;
  std::vector<constraint::Outline::Member> members_;  // of all tools
};

}  // namespace hearth::dialogue
