#include "net/web/curl_pool.h"

#include <algorithm>

namespace hearth::net {

namespace {

// Once for the program, whoever comes first. It is never undone: at its end nothing of it is left
// but memory, and somebody else in the process may use libcurl.
bool ensure_curl_is_ready() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK;
}

}  // namespace

CurlShare::CurlShare() : share_(ensure_curl_is_ready() ? curl_share_init() : nullptr) {
  if (share_ == nullptr) return;
  curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &CurlShare::lock);
  curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &CurlShare::unlock);
  curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

CurlShare::~CurlShare() {
  if (share_ != nullptr) curl_share_cleanup(share_);
}

void CurlShare::lock(CURL*, curl_lock_data data, curl_lock_access, void* share) {
  static_cast<CurlShare*>(share)->mutexes_[data].lock();
}

void CurlShare::unlock(CURL*, curl_lock_data data, void* share) {
  static_cast<CurlShare*>(share)->mutexes_[data].unlock();
}

Result<CurlPool::Loan> CurlPool::borrow(const WebOrigin& origin) {
  std::unique_ptr<CurlHandle> handle;
  {
    const base::Lock lock(mutex_);
    auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                              [&origin](const auto& idle) { return idle->last_origin == origin; });
    if (found == idle_.rend()) found = idle_.rbegin();
    if (found != idle_.rend()) {
      handle = std::move(*found);
      idle_.erase(std::next(found).base());
    }
  }
  if (!handle) handle = HEARTH_TRY(new_handle());
  handle->last_origin = origin;
  return Loan(*this, std::move(handle));
}

void CurlPool::give_back(std::unique_ptr<CurlHandle> handle) {
  std::unique_ptr<CurlHandle> oldest;  // is closed without the lock
  const base::Lock lock(mutex_);
  if (idle_.size() == kIdleHandlesMax) {
    oldest = std::move(idle_.front());
    idle_.erase(idle_.begin());
  }
  idle_.push_back(std::move(handle));
}

Result<std::unique_ptr<CurlHandle>> CurlPool::new_handle() const {
  auto handle = std::make_unique<CurlHandle>();
  handle->multi.reset(curl_multi_init());
  handle->easy.reset(curl_easy_init());
  if (share_.get() == nullptr || !handle->multi || !handle->easy) {
    return fail(Code::kOutOfMemory, "libcurl cannot be set up: there is not enough memory");
  }
  curl_multi_setopt(handle->multi.get(), CURLMOPT_MAXCONNECTS, kConnectionsPerHandle);
  curl_easy_setopt(handle->easy.get(), CURLOPT_SHARE, share_.get());
  return handle;
}

}  // namespace hearth::net
