// One turn of a model that uses tools, from a question to its answer: which of its calls are made,
// what it is told of them, and when it is enough. It decides and does nothing: the daemon makes the
// calls of a request (acting_stream.h), `hearth chat` those of a conversation, with this between.
//
//   while (true) {
//     answer = ask(request, turn.may_call());
//     if (answer.calls.empty() || !turn.may_call()) break;
//     turn.begin_round(answer);
//     while (const auto step = turn.next()) turn.done(step->refusal ? *step->refusal : run(*step));
//     append(request.messages, turn.end_round());
//   }
//
// Threads:    thread-compatible; pure.
// Invariants: it ends: after Limits::rounds at the latest may_call() is false. What tools say
//             stands in messages of the role `tool` and nowhere else.
// Limits:     Limits; of what is said of a call that was not made, kWordsBytesMax.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/open_tools.h"
#include "agent/wish.h"
#include "chat/request.h"
#include "tool/outcome.h"

namespace hearth::agent {

// A call is told at least so much of, however much the others have said.
inline constexpr std::size_t kWordsBytesMax = 1024;

// A call of the round. With a refusal it is not made, and that is its outcome.
struct Step {
  chat::ToolCall call;
  std::optional<tool::Outcome> refusal = {};
};

class Turn {
 public:
  Turn(const Limits& limits, CallCheck check) : limits_(limits), check_(std::move(check)) {}

  // Whether the next answer may call tools; where not, it is asked for what it has.
  bool may_call() const { return ending_ == Ending::kNone; }
  // The number of the round that has begun, or of the last one.
  std::uint32_t round() const { return round_; }

  // An answer with the calls to be made. REQUIRES: may_call(), and no round is open.
  void begin_round(chat::Message answer);
  // Nothing after the last. Each one is followed by done().
  std::optional<Step> next();
  void done(const tool::Outcome& outcome);
  // What the conversation goes on with: the answer, and a message for each of its calls.
  std::vector<chat::Message> end_round();

  // For whoever reads the answer: that, and why, it was made without what tools might have said
  // still. Empty where no limit was reached.
  std::string note() const;

 private:
  enum class Ending : std::uint8_t { kNone, kRounds, kRepeats, kOutput };

  std::optional<tool::Outcome> refusal_of(const chat::ToolCall& call);
  std::string why() const;

  const Limits limits_;
  const CallCheck check_;
  Ending ending_ = Ending::kNone;
  std::uint32_t round_ = 0;
  std::map<std::string, std::uint32_t> seen_;  // how often, by call_key()
  std::size_t output_bytes_ = 0;
  std::string repeated_;  // the tool, for kRepeats
  chat::Message answer_;
  std::size_t at_ = 0;  // of answer_.tool_calls, the next one
  std::vector<chat::Message> results_;
};

// The same for calls that mean the same: the order of members and the spaces between them do not
// count. Arguments that are no JSON are what they are.
std::string call_key(const chat::ToolCall& call);

// What a model is told of a call: its output, or how it failed and then what it has put out.
std::string result_text(const tool::Outcome& outcome);

}  // namespace hearth::agent
