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

  void add_to(Control& control);

 private:
  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
