#include "store/pull/pulls.h"

#include <thread>

#include <fmt/format.h>

#include "base/guarded.h"

namespace hearth::store {

// One pull and who watches it.
class Pulls::Running {
 public:
  ~Running() {
    cancel_.cancel();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start(PullRequest request, net::Web& web) {
    request.progress = [this](const PullProgress& progress) { tell(progress); };
    thread_ = HEARTH_TRY(
        base::guarded(Code::kUnavailable, "the system cannot ", "start a thread for the pull", [&] {
          return std::thread([this, request = std::move(request), &web] {
            end(pull_model(request, web, cancel_.token()));
          });
        }));
    return {};
  }

  // Nothing when the pull has ended.
  std::optional<std::size_t> add(Watcher watcher) {
    const base::Lock lock(mutex_);
    if (ended_) return std::nullopt;
    watcher.progress(last_);
    watchers_.emplace(next_, std::move(watcher));
    return next_++;
  }

  void remove(std::size_t watcher) {
    const base::Lock lock(mutex_);
    watchers_.erase(watcher);
    if (watchers_.empty()) cancel_.cancel();
  }

  void call_off() { cancel_.cancel(); }

  // Also one that is being called off: whoever comes then begins anew.
  bool is_over() const {
    const base::Lock lock(mutex_);
    return ended_ || cancel_.cancelled();
  }
  bool has_ended() const {
    const base::Lock lock(mutex_);
    return ended_;
  }

 private:
  void tell(const PullProgress& progress) {
    const base::Lock lock(mutex_);
    last_ = progress;
    for (const auto& [number, watcher] : watchers_)
      watcher.progress(progress);
  }

  void end(const Result<Manifest>& result) {
    const base::Lock lock(mutex_);
    ended_ = true;
    for (const auto& [number, watcher] : watchers_)
      watcher.done(result);
    watchers_.clear();
  }

  base::CancelSource cancel_;
  mutable base::Mutex mutex_;
  std::map<std::size_t, Watcher> watchers_ GUARDED_BY(mutex_);
  PullProgress last_ GUARDED_BY(mutex_);
  std::size_t next_ GUARDED_BY(mutex_) = 0;
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

Pulls::~Pulls() {
  const base::Lock lock(mutex_);
  running_.clear();
  leaving_.clear();
}

Result<CallOff> Pulls::watch(const ModelName& name, const std::optional<BlobDigest>& expected,
                             Watcher watcher) {
  const base::Lock lock(mutex_);
  forget_ended();
  const std::string key = name.key() + (expected ? " " + expected->text() : "");
  auto known = running_.find(key);
  if (known != running_.end() && known->second->is_over()) {
    leaving_.push_back(std::move(known->second));  // its end is waited for elsewhere
    running_.erase(known);
    known = running_.end();
  }
  std::optional<std::size_t> number;
  if (known != running_.end()) number = known->second->add(watcher);
  if (!number) {
    if (running_.size() >= kPullsMax) {
      return fail(Code::kResourceExhausted,
                  fmt::format("{} models are being pulled; wait until one of them is there",
                              running_.size()));
    }
    auto begun = std::make_shared<Running>();
    number = begun->add(std::move(watcher));
    HEARTH_TRY(begun->start(
        {options_.store_folder, name, options_.hubs, options_.download, expected, {}}, web_));
    known = running_.insert_or_assign(key, std::move(begun)).first;
  }
  return [running = std::weak_ptr(known->second), number = *number] {
    if (const auto pull = running.lock()) pull->remove(number);
  };
}

std::size_t Pulls::running() const {
  const base::Lock lock(mutex_);
  std::size_t count = 0;
  for (const auto& [key, pull] : running_)
    count += pull->has_ended() ? 0 : 1;
  return count;
}

void Pulls::call_off_all() {
  const base::Lock lock(mutex_);
  for (const auto& [key, pull] : running_)
    pull->call_off();
}

void Pulls::forget_ended() {
  std::erase_if(running_, [](const auto& entry) { return entry.second->has_ended(); });
  std::erase_if(leaving_, [](const auto& pull) { return pull->has_ended(); });
}

}  // namespace hearth::store
