// The real hearth-runner for one test, on generated weights.
#pragma once

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "places.h"
#include "runner_client.h"

namespace hearth::testing {

using Reason = chat::Finished::Reason;

// Greedy answers to the same prompt, asked with logprobs. What was computed in other portions
// rounds otherwise, so they may part, but only where two tokens are as likely as each other.
inline void expect_alike(const Answer& one, const Answer& other) {
  constexpr float kTie = 0.02F;
  const auto token = [](const Answer& answer, std::size_t i) {
    return answer.logprobs.at(i).chosen.token;
  };
  ASSERT_EQ(one.finished, other.finished);
  std::size_t parted = 0;
  const std::size_t size = std::min(one.logprobs.size(), other.logprobs.size());
  ASSERT_GT(size, 0U);
  while (parted < size && token(one, parted) == token(other, parted))
    ++parted;
  if (parted == size) return;
  const auto& likely = other.logprobs[parted].alternatives;
  const auto tied = std::find_if(likely.begin(), likely.end(), [&](const auto& chance) {
    return chance.token == token(one, parted);
  });
  ASSERT_NE(tied, likely.end()) << "they part after " << parted << " tokens";
  EXPECT_NEAR(tied->logprob, other.logprobs[parted].chosen.logprob, kTie);
}

class RunnerTest : public ::testing::Test {
 protected:
  void load(const std::string& model, wire::Load options = {}) {
    options.threads = 1;  // tests share the machine; spinning at barriers would slow them all
    const auto loaded = runner_.load(model_path(model), options);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
    loaded_ = *loaded;
  }
  Answer ask(chat::Request request) {
    runner_.generate(++last_, std::move(request));
    return runner_.finish(last_);
  }

  // An answer of nothing else is an event for each token, and text that becomes these tokens again.
  std::int32_t visible_token() {
    runner_.send(++last_, wire::Tokenize{{.text = "hello"}});
    return runner_.expect<wire::TokensReply>(last_)->tokens.ids.at(0);
  }

  base::testing::TemporaryFolder folder_;
  RunnerClient runner_{runner_path()};
  wire::Loaded loaded_;
  std::uint32_t last_ = 0;
};

}  // namespace hearth::testing
