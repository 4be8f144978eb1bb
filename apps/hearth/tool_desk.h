// Runs tools that clients ask for, on threads of its own, which they block.
//
// Ownership: borrows the loop. Its end calls off what runs, and waits for it.
// Threads:   confined to the loop.
// Errors:    as api::ToolDesk has them; where the tools cannot be set up, every call is told why.
// Limits:    kToolThreads at once, kToolCallsMax with those that wait; more are told so.
#pragma once

#include <cstddef>
#include <functional>
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
  using Box = std::shared_ptr<const tool::Toolbox>;

  CallOff run(api::ToolWish wish, Callback<tool::Outcome> done);
  CallOff open(const agent::Wish& wish, Callback<agent::OpenTools> done);
  agent::OpenTools opened(Box toolbox, std::vector<tool::Spec> specs);
  // Has a thread of the pool do it. Done is told on the loop, unless it is called off.
  CallOff hand_over(std::function<Result<tool::Outcome>(const base::CancelToken& cancel)> work,
                    Callback<tool::Outcome> done);
  // The rest is done on a thread of the pool.
  Result<Box> find_box(const std::string& workspace) const;
  tool::Outcome call(const tool::Toolbox& toolbox, const tool::Call& call,
                     const base::CancelToken& cancel) const;
  Result<tool::Outcome> call(const api::ToolWish& wish, const base::CancelToken& cancel) const;
  Result<std::string> list() const;

  boost::asio::io_context& loop_;
  const config::Home home_;
  const tool::BuiltinOptions options_;
  const Result<tool::Policy> policy_;
  const Result<Box> toolbox_;
  std::vector<base::CancelSource> calls_;
  bool winding_down_ = false;
  boost::asio::thread_pool threads_{kToolThreads};
};

}  // namespace hearth
