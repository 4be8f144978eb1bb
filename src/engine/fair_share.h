// Who has had how much lately: tokens computed for each client, fading with time, so that one who
// sends a hundred prompts does not make the others wait for all of them.
//
// Threads: thread-compatible.
// Limits:  clients that fade below one token are forgotten when they are many.
#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace hearth::engine {

class FairShare {
 public:
  void add(const std::string& client, double tokens, base::TimePoint now);
  // Half of it is forgotten every kHalfLife.
  double recent(const std::string& client, base::TimePoint now) const;

  std::size_t clients() const { return clients_.size(); }

  static constexpr base::Duration kHalfLife = std::chrono::seconds(10);

 private:
  struct Used {
    double tokens = 0;
    base::TimePoint at;
  };
  static double faded(const Used& used, base::TimePoint now);

  std::unordered_map<std::string, Used> clients_;
};

}  // namespace hearth::engine
