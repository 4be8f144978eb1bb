#include "api/testing/scripted_pulls.h"

#include <boost/asio/post.hpp>

namespace hearth::api::testing {

void ScriptedPulls::add_to(Control& control) {
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

}  // namespace hearth::api::testing
