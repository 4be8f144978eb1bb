#include "engine/fair_share.h"

#include <cmath>

namespace hearth::engine {

namespace {

// Clients that fade below a token are forgotten when there are this many.
constexpr std::size_t kClientsKept = 1024;

}  // namespace

double FairShare::faded(const Used& used, base::TimePoint now) {
  return used.tokens * std::exp2(-base::to_ms(now - used.at) / base::to_ms(kHalfLife));
}

void FairShare::add(const std::string& client, double tokens, base::TimePoint now) {
  if (clients_.size() >= kClientsKept) {
    std::erase_if(clients_, [now](const auto& entry) { return faded(entry.second, now) < 1; });
  }
  Used& used = clients_[client];
  used = {faded(used, now) + tokens, now};
}

double FairShare::recent(const std::string& client, base::TimePoint now) const {
  const auto found = clients_.find(client);
  return found == clients_.end() ? 0 : faded(found->second, now);
}

}  // namespace hearth::engine
