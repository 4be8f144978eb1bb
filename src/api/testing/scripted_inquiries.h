// Answers about models as a script says, for tests of the routes that ask for them.
//
// Threads: set up before requests come; the rest on the loop.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "api/hearth/control.h"

namespace hearth::api::testing {

class ScriptedInquiries {
 public:
  explicit ScriptedInquiries(boost::asio::io_context& loop) : loop_(loop) {}

  Result<fleet::ModelSheet> sheet = fleet::ModelSheet{};
  fleet::FitList list;
  Result<std::vector<store::FoundModel>> found = std::vector<store::FoundModel>{};
  std::atomic<bool> silent{false};  // the hub is
  std::atomic<bool> left{false};
  // The last ones that were asked for.
  ShowWish show;
  std::uint32_t context = 0;
  store::HubSearch search;

  void add_to(Control& control);

 private:
  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
