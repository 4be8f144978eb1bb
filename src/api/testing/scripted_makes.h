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
#include <boost/asio/post.hpp>

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

  void add_to(Control& control) {
    control.make = [this](const MakeWish& asked_for, MakeEars ears) -> Result<CallOff> {
      wish = asked_for;
      if (refusal) return fail(*refusal);
      const auto shared = std::make_shared<MakeEars>(std::move(ears));
      for (const store::MakeProgress& each : progress)
        boost::asio::post(loop_, [shared, each] { shared->progress(each); });
      if (made) boost::asio::post(loop_, [shared, result = *made] { shared->done(result); });
      return [this] { left = true; };
    };
    control.verify = [this](const std::vector<std::string>& models,
                            VerifyEars ears) -> Result<CallOff> {
      asked = models;
      if (refusal) return fail(*refusal);
      const auto shared = std::make_shared<VerifyEars>(std::move(ears));
      boost::asio::post(loop_, [this, shared] { shared->done(verified); });
      return [this] { left = true; };
    };
  }

 private:
  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
