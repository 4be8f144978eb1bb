#include "api/testing/scripted_inquiries.h"

#include <boost/asio/post.hpp>

namespace hearth::api::testing {

void ScriptedInquiries::add_to(Control& control) {
  control.inquiries.show = [this](ShowWish wish, Callback<fleet::ModelSheet> done) {
    show = std::move(wish);
    boost::asio::post(loop_, [this, done] { done(sheet); });
  };
  control.inquiries.fit = [this](std::uint32_t asked, Callback<fleet::FitList> done) {
    context = asked;
    boost::asio::post(loop_, [this, done] { done(list); });
  };
  control.inquiries.search = [this](store::HubSearch wish,
                                    Callback<std::vector<store::FoundModel>> done) -> CallOff {
    search = std::move(wish);
    if (!silent) boost::asio::post(loop_, [this, done] { done(found); });
    return [this] { left = true; };
  };
}

}  // namespace hearth::api::testing
