#include "picture_desk.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

namespace hearth {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kFetchesMax = 64;

}  // namespace

api::PictureFetch PictureDesk::face() {
  return [this](std::string url, Callback<net::Picture> done) {
    return fetch(std::move(url), std::move(done));
  };
}

CallOff PictureDesk::fetch(std::string url, Callback<net::Picture> done) {
  std::erase_if(fetches_, [](const base::CancelSource& one) { return one.cancelled(); });
  if (fetches_.size() >= kFetchesMax || winding_down_) {
    asio::post(loop_, [done] {
      done(fail(Code::kUnavailable, "too many pictures are being fetched; ask again"));
    });
    return [] {};
  }
  base::CancelSource source;
  fetches_.push_back(source);
  const auto listening = std::make_shared<bool>(true);
  asio::post(fetcher_, [this, url = std::move(url), done = std::move(done), source, listening] {
    const auto picture =
        std::make_shared<Result<net::Picture>>(net::fetch_picture(web_, url, source.token()));
    asio::post(loop_, [picture, source, listening, done]() mutable {
      source.cancel();  // it is over
      if (*listening) done(std::move(*picture));
    });
  });
  return [source, listening]() mutable {
    *listening = false;
    source.cancel();
  };
}

void PictureDesk::wind_down() {
  winding_down_ = true;
  for (base::CancelSource& fetch : fetches_)
    fetch.cancel();
}

}  // namespace hearth
