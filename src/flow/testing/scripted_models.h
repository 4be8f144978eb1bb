// Models for tests: what they say is a function of what they are asked.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "flow/models.h"

namespace hearth::flow::testing {

inline constexpr const char* kAcceptance = R"({"reason":"fine","issues":[],"verdict":"accept"})";

class ScriptedModels final : public Models {
 public:
  using Answer = std::function<Result<Reply>(const Question&)>;
  explicit ScriptedModels(Answer answer) : answer_(std::move(answer)) {}

  std::vector<Question> asked;

  Result<Reply> ask(const Question& question, const base::CancelToken& cancel,
                    const Hearing& hear) override {
    asked.push_back(question);
    if (cancel.cancelled()) return fail(Code::kCancelled, "called off");
    auto reply = answer_(question);
    if (reply) hear({Piece::Kind::kText, reply->text});
    return reply;
  }
  PromptBook prompts(const std::string&) const override { return plain_prompts(); }

 private:
  Answer answer_;
};

// Of an answer that costs what it says.
inline Reply spoken(std::string text) {
  Reply reply;
  reply.text = std::move(text);
  reply.prompt_tokens = 100;
  reply.completion_tokens = 50;
  return reply;
}

}  // namespace hearth::flow::testing
