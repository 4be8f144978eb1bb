// The SHA-256 of a file that is still being written: a thread of its own reads what is there from
// the beginning on, while it is in memory anyway, so that the digest is there shortly after the
// last byte. What an earlier attempt left goes the same way.
//
// Ownership: the file has to live longer; the destructor waits for the thread.
// Threads:   thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/mutex.h"
#include "base/result.h"
#include "store/sha256.h"

namespace hearth::store {

class PrefixHash {
 public:
  static Result<std::unique_ptr<PrefixHash>> begin(const Fd& file);
  ~PrefixHash();
  PrefixHash(const PrefixHash&) = delete;
  PrefixHash& operator=(const PrefixHash&) = delete;

  // The bytes before `end` are written and do not change any more.
  void advance(std::uint64_t end);
  // They do: the file is written from its beginning again.
  void restart();
  // No more bytes come.
  void close();

  std::uint64_t hashed_bytes() const;
  // Returns at the deadline, or when there is an outcome.
  void wait(base::TimePoint deadline);
  // The digest, when it was closed and everything is read; an error as soon as there is one;
  // nothing before.
  std::optional<Result<std::string>> outcome() const;

 private:
  explicit PrefixHash(const Fd& file);
  void run();
  bool wait_for_work();
  Result<void> read_some();

  const Fd& file_;
  std::vector<char> block_;  // of the thread alone, as the next three
  std::optional<Sha256> hash_;
  std::uint64_t at_ = 0;
  std::uint64_t generation_ = 0;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::uint64_t end_ GUARDED_BY(mutex_) = 0;
  std::uint64_t hashed_ GUARDED_BY(mutex_) = 0;
  std::uint64_t restarts_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
  bool stop_ GUARDED_BY(mutex_) = false;
  std::optional<Result<std::string>> outcome_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace hearth::store
