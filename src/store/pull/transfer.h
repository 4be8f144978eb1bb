// What the threads of one download know together: which ranges are still to be fetched, what has
// arrived, and how it ended. The first answer decides the rest: until it is there only one thread
// fetches; then all do, or, when the server has no ranges, that one alone.
//
// Ownership: file and hash have to live longer.
// Threads:   thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "store/pull/answer.h"
#include "store/pull/extent_set.h"
#include "store/pull/journal_text.h"
#include "store/pull/part_file.h"
#include "store/pull/prefix_hash.h"

namespace hearth::store {

// What a thread is to fetch next, or go on with.
struct Errand {
  enum class Kind : std::uint8_t { kRange, kWhole };
  Kind kind = Kind::kRange;
  Extent left;  // of kRange
};

class Transfer {
 public:
  enum class State : std::uint8_t { kRunning, kArrived, kChanged, kFailed, kStopped };

  // Called before the first byte is written, and before every beginning of a file without ranges:
  // of which size it is (0: nobody knows), and whether it comes in ranges.
  using Opening = std::function<Result<void>(const PartIdentity&, Errand::Kind)>;

  struct Beginning {
    PartIdentity identity;  // what is known: promised, or of an earlier attempt
    ExtentSet there;        // from that
    std::uint64_t promised_bytes = 0;
    std::uint64_t range_bytes = 0;
    // Whether a validator that differs means another file. Else only the digest decides.
    enum class Validators : std::uint8_t { kHeld, kIgnored } validators = Validators::kHeld;
  };

  static constexpr std::uint64_t kNever = ~std::uint64_t{0};  // bytes that never arrive

  struct View {
    State state = State::kRunning;
    std::uint64_t done_bytes = 0;
    std::uint64_t size_bytes = 0;
    unsigned fetching = 0;
    unsigned pausing = 0;
    std::string problem;  // of one that pauses
    base::TimePoint next_try;
  };

  Transfer(Beginning beginning, PartFile& file, PrefixHash& hash, Opening opening);

  // --- the threads that fetch

  // Waits for the first answer if need be. Nothing: there is no more to do.
  std::optional<Errand> next_errand();
  Expected expected(const Errand& errand) const;
  // What a request can name the file's state by; empty: nothing.
  std::string validator() const;
  // Whether an answer that is a range or the whole is of the kind that the first one was.
  bool fits(const Answer& answer) const;
  // Then what follows it can be written. The whole is written from its beginning each time.
  Result<void> accept(const Answer& answer);
  Result<void> write(std::uint64_t at, std::string_view bytes);
  void finish_range();
  void finish_whole(std::uint64_t size_bytes);
  // False when the transfer has ended meanwhile.
  bool pause(std::int64_t ms, const std::string& problem);

  // --- who watches

  // The first end holds, but one that arrived can still fail.
  void end(State state, Error error);
  View view() const;
  Error error() const;
  ExtentSet there() const;
  bool is_whole() const;
  // Returns at the deadline, when it has ended, or when so many bytes have arrived in all. One
  // thread at a time may wait for bytes.
  void wait(base::TimePoint deadline, std::uint64_t arrived_bytes);
  std::uint64_t arrived_bytes() const;
  base::CancelToken stopped() const { return stop_.token(); }

 private:
  Errand give(std::uint64_t size_bytes) REQUIRES_LOCK(mutex_);
  void arrive() REQUIRES_LOCK(mutex_);

  PartFile& file_;
  PrefixHash& hash_;
  const Opening opening_;
  const Beginning beginning_;
  base::CancelSource stop_;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  State state_ GUARDED_BY(mutex_) = State::kRunning;
  Error error_ GUARDED_BY(mutex_);
  bool asked_ GUARDED_BY(mutex_) = false;  // somebody fetches the first answer
  bool open_ GUARDED_BY(mutex_) = false;   // it is there
  bool whole_ GUARDED_BY(mutex_) = false;  // and has no ranges
  PartIdentity identity_ GUARDED_BY(mutex_);
  ExtentSet there_ GUARDED_BY(mutex_);
  ExtentSet given_ GUARDED_BY(mutex_);  // there, or somebody's errand
  std::uint64_t arrived_ GUARDED_BY(mutex_) = 0;
  std::uint64_t wake_at_ GUARDED_BY(mutex_) = kNever;
  unsigned errands_ GUARDED_BY(mutex_) = 0;
  unsigned pausing_ GUARDED_BY(mutex_) = 0;
  std::string problem_ GUARDED_BY(mutex_);
  base::TimePoint next_try_ GUARDED_BY(mutex_){};
};

}  // namespace hearth::store
