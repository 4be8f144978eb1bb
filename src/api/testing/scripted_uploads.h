// Files sent as for models that are to be made, kept in memory, for tests of the routes that ask
// for them.
//
// Threads: on the loop.
#pragma once

#include <map>
#include <string>

#include <boost/asio/io_context.hpp>

#include "api/hearth/control.h"

namespace hearth::api::testing {

class ScriptedUploads {
 public:
  explicit ScriptedUploads(boost::asio::io_context& loop) : loop_(loop) {}

  std::map<std::string, std::string> files;  // by digest; to be looked at after an answer

  void add_to(Control& control);

 private:
  struct Upload final : net::BodyTaker {
    explicit Upload(std::string of) : digest(std::move(of)) {}
    boost::asio::awaitable<Result<void>> take(std::string piece) override {
      bytes += piece;
      co_return Result<void>();
    }
    const std::string digest;
    std::string bytes;
  };

  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
