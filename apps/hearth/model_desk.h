// What the daemon's HTTP face can ask of the store: pulls, removals and what else takes long run on
// threads of their own, and what they tell comes to the loop.
//
// Ownership: borrows the loop and the fleet. Its end calls off what runs, and waits for it.
// Threads:   confined to the loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/control.h"
#include "config/home.h"
#include "config/settings.h"
#include "fleet/fleet.h"
#include "long_work.h"
#include "net/web/curl_web.h"
#include "store/catalog.h"
#include "store/damaged_manifest.h"
#include "store/pull/pulls.h"

namespace hearth {

class ModelDesk {
 public:
  struct Parts {
    boost::asio::io_context& loop;
    fleet::Fleet& fleet;
    const store::Catalog& catalog;
    std::string aliases_file;
    store::Hubs hubs;
    std::uint64_t bytes_per_second_max = 0;  // of all pulls; 0 is no limit
  };
  explicit ModelDesk(Parts parts);

  Result<CallOff> pull(const api::PullWish& wish, api::PullEars ears);
  Result<CallOff> make(const api::MakeWish& wish, api::MakeEars ears);
  Result<CallOff> verify(const std::vector<std::string>& models, api::VerifyEars ears);
  void remove(const std::string& model, std::function<void(Result<store::Removal>)> done);
  void collect(std::function<void(Result<store::Removal>)> done);
  // Manifests that cannot be read.
  std::vector<store::DamagedManifest> damaged() const;
  bool busy() const { return pulls_.running() + long_work_.running() > 0; }
  // Whoever watches is told that it ends.
  void wind_down() {
    pulls_.call_off_all();
    long_work_.call_off_all();
  }

 private:
  using Work = std::function<Result<store::Removal>()>;
  void run(Work work, std::function<void(Result<store::Removal>)> done);
  Result<store::ModelName> meant_by(const std::string& text, store::PlainHttp plain_http) const;

  Parts parts_;
  net::CurlWeb web_;
  store::Pulls pulls_;
  LongWork long_work_;
  boost::asio::thread_pool worker_{1};
};

// HEARTH_HF_ENDPOINT or HF_ENDPOINT, HF_TOKEN or the hub's token file.
store::Hubs hubs_of(const config::Environment& environment);

}  // namespace hearth
