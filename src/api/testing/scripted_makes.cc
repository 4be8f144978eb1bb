#include "api/testing/scripted_makes.h"

#include <boost/asio/post.hpp>

namespace hearth::api::testing {

void ScriptedMakes::add_to(Control& control) {
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

}  // namespace hearth::api::testing
