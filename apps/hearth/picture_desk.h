// Fetches pictures that requests name, on threads of its own.
//
// Ownership: borrows the loop. Its end calls fetches off, and waits.
// Threads:   confined to the loop.
// Limits:    kFetchesMax at a time; more are told so.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/core/pictures.h"
#include "base/cancellation.h"
#include "net/web/curl_web.h"

namespace hearth {

class PictureDesk {
 public:
  explicit PictureDesk(boost::asio::io_context& loop)
      : loop_(loop), web_(net::picture_web("hearth/" HEARTH_VERSION)) {}
  ~PictureDesk() { wind_down(); }
  PictureDesk(const PictureDesk&) = delete;
  PictureDesk& operator=(const PictureDesk&) = delete;

  api::PictureFetch face();
  // Fetches end, and later ones at once.
  void wind_down();

 private:
  CallOff fetch(std::string url, Callback<net::Picture> done);

  boost::asio::io_context& loop_;
  net::CurlWeb web_;
  std::vector<base::CancelSource> fetches_;
  bool winding_down_ = false;
  boost::asio::thread_pool fetcher_{2};
};

}  // namespace hearth
