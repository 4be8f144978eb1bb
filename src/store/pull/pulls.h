// The pulls of a daemon, each on a thread of its own. Who asks for a model that is being pulled
// watches that pull; when the last watcher has left, it is called off, and what it has fetched
// waits for the next time.
//
// Ownership: borrows the web. Its end calls all pulls off and waits for them.
// Threads:   thread-safe. Watchers are called on the pull's thread, once at first on their own, one
//            call at a time; after leaving returns, never again. They call nothing of this.
// Errors:    kResourceExhausted beyond kPullsMax.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/callback.h"
#include "base/mutex.h"
#include "store/pull/pull.h"

namespace hearth::store {

inline constexpr std::size_t kPullsMax = 16;  // at once, for different models

class Pulls {
 public:
  struct Options {
    std::string store_folder;
    Hubs hubs;
    DownloadOptions download;
  };
  struct Watcher {
    PullProgressHandler progress;
    std::function<void(const Result<Manifest>&)> done;  // once, at the end
  };

  Pulls(Options options, net::Web& web) : options_(std::move(options)), web_(web) {}
  ~Pulls();
  Pulls(const Pulls&) = delete;
  Pulls& operator=(const Pulls&) = delete;

  // The result is for leaving. A digest belongs to the pull: with another one it is another pull.
  Result<CallOff> watch(const ModelName& name, const std::optional<BlobDigest>& expected,
                        Watcher watcher);
  std::size_t running() const;
  // Each tells its watchers, soon, that it was called off.
  void call_off_all();

 private:
  class Running;
  void forget_ended() REQUIRES_LOCK(mutex_);

  const Options options_;
  net::Web& web_;
  mutable base::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Running>> running_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Running>> leaving_ GUARDED_BY(mutex_);  // called off, not yet ended
};

}  // namespace hearth::store
