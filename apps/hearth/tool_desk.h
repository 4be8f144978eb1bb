// Runs tools that clients ask for, on threads of its own, which they block.
//
// Ownership: borrows the loop. Its end calls off what runs, and waits for it.
// Threads:   confined to the loop.
// Errors:    as api::ToolDesk has them; where the tools cannot be set up, every call is told why.
// Limits:    kToolThreads at once, kToolCallsMax with those that wait; more are told so.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/tool_desk.h"
#include "base/cancellation.h"
#include "config/home.h"
#include "config/settings.h"
#include "tool/builtin/builtin.h"
#include "tool/policy.h"

namespace hearth {

inline constexpr std::size_t kToolThreads = 4;
inline constexpr std::size_t kToolCallsMax = 32;

class ToolDesk {
 public:
  ToolDesk(boost::asio::io_context& loop, const config::Home& home,
           const config::Settings& settings);
  ~ToolDesk() { wind_down(); }
  ToolDesk(const ToolDesk&) = delete;
  ToolDesk& operator=(const ToolDesk&) = delete;

  api::ToolDesk face();
  // Calls end, and later ones at once.
  void wind_down();

 private:
  CallOff run(api::ToolWish wish, Callback<tool::Outcome> done);
  // On a thread of the pool.
  Result<tool::Outcome> call(const api::ToolWish& wish, const base::CancelToken& cancel) const;
  Result<std::string> list() const;

  boost::asio::io_context& loop_;
  const tool::BuiltinOptions options_;
  const Result<tool::Policy> policy_;
  const Result<std::unique_ptr<tool::Toolbox>> toolbox_;
  std::vector<base::CancelSource> calls_;
  bool winding_down_ = false;
  boost::asio::thread_pool threads_{kToolThreads};
};

}  // namespace hearth
