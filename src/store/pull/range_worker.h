// One of the threads that fetch: takes an errand, asks the server for it, and tries again what can
// be right the next time, from where it was.
//
// Threads: each worker is one thread's.
#pragma once

#include <optional>

#include "net/web/web.h"
#include "store/pull/blob_download.h"
#include "store/pull/transfer.h"

namespace hearth::store {

// What kept an errand from being finished.
struct Fault {
  enum class Cure : std::uint8_t { kNone, kAgain, kAnew };
  Cure cure = Cure::kNone;
  Error error;
  std::optional<std::int64_t> retry_after_ms;
};

class RangeWorker {
 public:
  RangeWorker(Transfer& transfer, net::Web& web, const BlobRequest& request)
      : transfer_(transfer), web_(web), request_(request) {}

  // Until there is nothing more to do, or the transfer has ended.
  void run();

 private:
  bool finish(Errand errand);
  std::optional<Fault> try_once(Errand& errand);
  bool pause_after_fault(const Fault& fault, unsigned in_a_row);
  void say_done(const Errand& errand);

  Transfer& transfer_;
  net::Web& web_;
  const BlobRequest& request_;
  std::uint64_t reached_ = 0;  // of an errand: the furthest byte it came to
};

}  // namespace hearth::store
