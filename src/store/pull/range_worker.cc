#include "store/pull/range_worker.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "store/pull/answer_sink.h"
#include "store/pull/retry.h"

namespace hearth::store {

void RangeWorker::run() {
  while (const auto errand = transfer_.next_errand()) {
    if (!finish(*errand)) return;
  }
}

// False when the transfer has ended.
bool RangeWorker::finish(Errand errand) {
  reached_ = errand.left.begin;
  unsigned in_a_row = 0;
  while (true) {
    const auto fault = try_once(errand);
    const bool progress = errand.left.begin > reached_;
    reached_ = std::max(reached_, errand.left.begin);
    const bool whole = errand.kind == Errand::Kind::kWhole;
    if (!fault && (whole || errand.left.empty())) break;
    in_a_row = progress ? 0 : in_a_row;
    if (fault && !pause_after_fault(*fault, ++in_a_row)) return false;
  }
  say_done(errand);
  return true;
}

void RangeWorker::say_done(const Errand& errand) {
  if (errand.kind == Errand::Kind::kWhole) return transfer_.finish_whole(errand.left.begin);
  transfer_.finish_range();
}

// Nothing: all that this answer was to bring has arrived.
std::optional<Fault> RangeWorker::try_once(Errand& errand) {
  net::WebRequest request;
  request.url = request_.file.url;
  request.authorization = request_.authorization;
  if (errand.kind == Errand::Kind::kRange) {
    request.range = net::ByteRange{errand.left.begin, errand.left.end - 1};
    if (const auto state = if_range_of(transfer_.validator()))
      request.headers.emplace_back("If-Range", *state);
  }
  AnswerSink sink(transfer_, errand);
  const auto fetched = web_.fetch(request, sink, transfer_.stopped());
  sink.finish();
  if (sink.fault()) return sink.fault();
  // Of a file whose size nobody knows only a proper end is one.
  if (fetched || (errand.kind == Errand::Kind::kRange && errand.left.empty()))
    return sink.missing();
  const bool again = passes(fetched.error().code);
  return Fault{again ? Fault::Cure::kAgain : Fault::Cure::kNone, fetched.error(), {}};
}

// False when there is no other attempt.
bool RangeWorker::pause_after_fault(const Fault& fault, unsigned in_a_row) {
  if (fault.cure == Fault::Cure::kAnew) {
    transfer_.end(Transfer::State::kChanged, fault.error);
    return false;
  }
  const FailedTry failed{in_a_row, fault.retry_after_ms};
  const auto pause = fault.cure == Fault::Cure::kAgain
                         ? pause_after(failed, request_.options, base::random_u32())
                         : std::nullopt;
  if (pause) return transfer_.pause(*pause, fault.error.message);
  Error error = fault.error;
  if (in_a_row > 1) error.message += fmt::format("; given up after {} attempts", in_a_row);
  transfer_.end(Transfer::State::kFailed, std::move(error));
  return false;
}

}  // namespace hearth::store
