// Models made and verified as a script says, for tests of the routes that ask for them.
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

class ScriptedMakes {
 public:
  explicit ScriptedMakes(boost::asio::io_context& loop) : loop_(loop) {}

  std::vector<store::MakeProgress> progress;
  std::optional<Result<store::MadeModel>> made;  // none: it goes on for ever
  std::optional<Error> refusal;                  // at once
  MakeWish wish;                                 // the last one
  Result<store::Verified> verified;
  std::vector<std::string> asked;  // the models that were to be verified
  std::atomic<bool> left{false};

  void add_to(Control& control);

 private:
  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
