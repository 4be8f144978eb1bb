// What the daemon's HTTP face can ask about models without using them: their files are read and the
// hub is asked on threads of its own, and what comes of it is told on the loop.
//
// Ownership: borrows the loop, the fleet and the catalog. Its end calls searches off, and waits.
// Threads:   confined to the loop.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/control.h"
#include "base/cancellation.h"
#include "fleet/fleet.h"
#include "net/web/curl_web.h"
#include "store/catalog.h"
#include "store/source/hubs.h"

namespace hearth {

class InquiryDesk {
 public:
  InquiryDesk(boost::asio::io_context& loop, fleet::Fleet& fleet, const store::Catalog& catalog,
              store::Hubs hubs);
  ~InquiryDesk() { wind_down(); }

  void add_to(api::Control& control);
  // Searches end, and later ones at once.
  void wind_down();

 private:
  void show(const api::ShowWish& wish, Callback<fleet::ModelSheet> done);
  void fit(std::uint32_t context, Callback<fleet::FitList> done);
  CallOff search(const store::HubSearch& wish, Callback<std::vector<store::FoundModel>> done);
  fleet::ModelState state_of(const store::ModelFile& model) const;
  // As it is for a model that is to be loaded, or, where one is named, loaded again.
  fleet::Machine machine(const std::string& model = {}) const;

  boost::asio::io_context& loop_;
  fleet::Fleet& fleet_;
  const store::Catalog& catalog_;
  store::Hubs hubs_;
  net::CurlWeb web_;
  std::vector<base::CancelSource> searches_;
  bool winding_down_ = false;
  boost::asio::thread_pool reader_{1};
  boost::asio::thread_pool searcher_{2};
};

}  // namespace hearth
