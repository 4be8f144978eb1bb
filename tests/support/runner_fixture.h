// The real hearth-runner for one test, on generated weights.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "places.h"
#include "runner_client.h"

namespace hearth::testing {

using Reason = chat::Finished::Reason;

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

  base::testing::TemporaryFolder folder_;
  RunnerClient runner_{runner_path()};
  wire::Loaded loaded_;
  std::uint32_t last_ = 0;
};

}  // namespace hearth::testing
