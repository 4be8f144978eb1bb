// The formats of the latest answers, by everything that decides them: clients send the same tools
// with every request, and finding out how their calls look takes longer than writing the prompt.
//
// Threads: thread-safe.
// Limits:  kFormatsMax, kFormatKeyBytesMax.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "chat/request.h"
#include "dialogue/answer_format.h"

namespace hearth::dialogue {

inline constexpr std::size_t kFormatsMax = 16;
inline constexpr std::size_t kFormatKeyBytesMax = 256 * 1024;

// The text of the answer is what a constraint says, without marks around it. What it says does not
// decide the format.
inline bool is_held_to_form(const chat::Request& request) {
  return request.constraint.kind != chat::Constraint::Kind::kNone;
}

// The answer is calls of tools and nothing else.
inline bool must_call(const chat::Request& request) {
  return !request.tools.empty() && (request.tool_choice.kind == chat::ToolChoice::Kind::kRequired ||
                                    request.tool_choice.kind == chat::ToolChoice::Kind::kNamed);
}

// `prompt_end` is what the prompt has written of the answer.
std::string format_key(const chat::Request& request, const std::string& prompt_end);

class FormatCache {
 public:
  std::optional<AnswerFormat> find(const std::string& key);
  void add(std::string key, const AnswerFormat& format);

 private:
  base::Mutex mutex_;
  std::list<std::pair<std::string, AnswerFormat>> formats_ GUARDED_BY(mutex_);  // latest first
};

}  // namespace hearth::dialogue
