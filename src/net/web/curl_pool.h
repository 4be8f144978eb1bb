// libcurl's handles between fetches, with the connections that they keep.
//
// A handle is a multi handle with one easy handle in it, because the connections belong to the
// multi. In libcurl 7.88 threads may share the addresses of names and TLS sessions, and do
// (CURLSH), but not connections: so a handle with its connections is lent to one thread after
// another, and whoever asks for an origin gets the handle that was there last.
//
// Ownership: handles that are lent must be back before the pool goes.
// Threads:   the pool is thread-safe; a handle belongs to who has borrowed it.
// Limits:    kIdleHandlesMax, kConnectionsPerHandle.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include <curl/curl.h>

#include "base/mutex.h"
#include "base/result.h"
#include "net/web/web_url.h"

namespace hearth::net {

inline constexpr std::size_t kIdleHandlesMax = 16;
inline constexpr long kConnectionsPerHandle = 4;

// Addresses and TLS sessions, for all handles.
class CurlShare {
 public:
  CurlShare();
  ~CurlShare();
  CurlShare(const CurlShare&) = delete;
  CurlShare& operator=(const CurlShare&) = delete;

  CURLSH* get() const { return share_; }

 private:
  static void lock(CURL* easy, curl_lock_data data, curl_lock_access access, void* share);
  static void unlock(CURL* easy, curl_lock_data data, void* share);

  std::array<std::mutex, CURL_LOCK_DATA_LAST> mutexes_;
  CURLSH* share_;
};

struct CurlHandle {
  struct CloseMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct CloseEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  std::unique_ptr<CURLM, CloseMulti> multi;
  std::unique_ptr<CURL, CloseEasy> easy;  // goes first
  WebOrigin last_origin;
};

class CurlPool {
 public:
  // Gives its handle back when it goes.
  class Loan {
   public:
    Loan(CurlPool& pool, std::unique_ptr<CurlHandle> handle)
        : pool_(&pool), handle_(std::move(handle)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (handle_) pool_->give_back(std::move(handle_));
    }
    CurlHandle& operator*() const { return *handle_; }
    // It is not given back. libcurl 7.88 leaves a buffer in a handle whose name lookup failed, and
    // takes no other size for it from then on.
    void discard() { handle_.reset(); }

   private:
    CurlPool* pool_;
    std::unique_ptr<CurlHandle> handle_;
  };

  // kOutOfMemory is all that can go wrong.
  Result<Loan> borrow(const WebOrigin& origin);

 private:
  void give_back(std::unique_ptr<CurlHandle> handle);
  Result<std::unique_ptr<CurlHandle>> new_handle() const;

  CurlShare share_;  // goes after the handles that use it
  base::Mutex mutex_;
  std::vector<std::unique_ptr<CurlHandle>> idle_ GUARDED_BY(mutex_);  // the latest at the end
};

}  // namespace hearth::net
