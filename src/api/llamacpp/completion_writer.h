// How llama-server says a completion: one object, or a list of them where several prompts or
// answers were asked for; or server-sent events, each answer's last one complete, without a [DONE].
//
// Threads: confined to the loop.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/core/answer_writer.h"
#include "api/llamacpp/completion_body.h"
#include "base/clock.h"

namespace hearth::api::llamacpp {

class CompletionWriter final : public AnswerWriter {
 public:
  struct Shown {
    std::vector<std::string> prompts;  // at least one; empty where one was tokens
    bool is_list = false;
  };
  CompletionWriter(CompletionTerms terms, Shown shown);

  std::string whole(const Tally& tally) override;
  ErrorReply refusal(const Error& error) override;
  std::string begin(const Tally& tally) override;
  std::string delta(const ChoiceEvent& event) override;
  std::string finish(std::size_t choice, const Tally& tally) override;
  std::string failure(const Error& error) override;
  std::string ping() override { return ":\n\n"; }

 private:
  struct Said {  // of one answer, in a stream
    std::uint32_t tokens = 0;
    bool has_new_line = false;
    std::optional<base::TimePoint> began;
  };
  std::string end(std::size_t index, const Tally& tally) const;

  const CompletionTerms terms_;
  const Shown shown_;
  std::vector<Said> said_;
  const Tally* tally_ = nullptr;  // of the stream, from its begin on
};

}  // namespace hearth::api::llamacpp
