// Pulls and removals as a script says, for tests of the routes that ask for them.
//
// Threads: set up before requests come; the rest on the loop.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "api/hearth/control.h"

namespace hearth::api::testing {

class ScriptedPulls {
 public:
  explicit ScriptedPulls(boost::asio::io_context& loop) : loop_(loop) {}

  // What is told one by one, and then how it ends; without an end it goes on for ever.
  std::vector<store::PullProgress> progress;
  std::optional<Result<store::Manifest>> end;
  std::optional<Error> refusal;  // at once
  PullWish wish;                 // the last one
  std::atomic<bool> left{false};

  void add_to(Control& control) {
    control.pull = [this](const PullWish& asked, PullEars ears) -> Result<CallOff> {
      wish = asked;
      if (refusal) return fail(*refusal);
      const auto shared = std::make_shared<PullEars>(std::move(ears));
      for (const store::PullProgress& each : progress)
        boost::asio::post(loop_, [shared, each] { shared->progress(each); });
      if (end) boost::asio::post(loop_, [shared, result = *end] { shared->done(result); });
      return [this] { left = true; };
    };
    control.remove = [this](const std::string& model, auto done) {
      Result<store::Removal> result = store::Removal{.freed_bytes = 7, .blobs = 2};
      if (model == "damaged") {
        result = store::Removal{.was_damaged = true};
      } else if (model != "m") {
        result = fail(Code::kNotFound, "'" + model + "' is not installed");
      }
      boost::asio::post(loop_, [result, done] { done(result); });
    };
    control.collect = [this](auto done) {
      boost::asio::post(loop_, [done] { done(store::Removal{.somebody_fetches = true}); });
    };
  }

 private:
  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
