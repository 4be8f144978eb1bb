// Asks a running Ollama on a thread of its own, so that nobody waits for it who has not asked.
//
// Ownership: borrows the loop. Its end waits for the question that is being asked.
// Threads:   confined to the loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/neighbours.h"
#include "config/home.h"
#include "config/settings.h"

namespace hearth {

class NeighbourDesk {
 public:
  // With an error in place of an address nobody is asked, and everybody is told it.
  NeighbourDesk(boost::asio::io_context& loop, Result<store::OllamaHost> host)
      : loop_(loop), host_(std::move(host)) {}

  api::Neighbours face();

 private:
  // Who comes while somebody is looked at hears the same answer.
  void look(Callback<store::OllamaState> done);
  template <typename T, typename Ask>
  void run(Ask ask, Callback<T> done);

  boost::asio::io_context& loop_;
  const Result<store::OllamaHost> host_;
  std::vector<Callback<store::OllamaState>> waiting_;
  boost::asio::thread_pool worker_{1};
};

// OLLAMA_HOST, or where an Ollama usually is; nobody where models.found says no.
Result<store::OllamaHost> ollama_host_of(const config::Environment& environment,
                                         const config::Settings& settings);

}  // namespace hearth
