#include "store/pull/download_session.h"

#include <algorithm>
#include <chrono>

#include <unistd.h>

#include "store/pull/range_worker.h"
#include "store/pull/thread_start.h"

namespace hearth::store {

namespace {

constexpr std::chrono::milliseconds kLook{50};  // a cancellation is heard so soon
constexpr std::chrono::milliseconds kTell{100};
constexpr unsigned kConnectionsMax = 64;

PartIdentity identity_of(const OfferedFile& file) {
  return {file.size_bytes, file.digest, ""};
}

}  // namespace

bool is_usable(const JournalContent& left, const OfferedFile& wanted, std::uint64_t part_bytes) {
  const PartIdentity& identity = left.identity;
  const bool same_size = wanted.size_bytes == 0 || wanted.size_bytes == identity.size_bytes;
  const bool held = identity.digest.has_value() || !identity.validator.empty();
  return same_size && held && identity.digest == wanted.digest && part_bytes == identity.size_bytes;
}

DownloadSession::DownloadSession(const BlobRequest& request, const FetchMeans& means,
                                 const PartPaths& paths)
    : request_(request), means_(means), paths_(paths) {}

DownloadSession::~DownloadSession() {
  end();
}

void DownloadSession::end() {
  if (transfer_) transfer_->end(Transfer::State::kStopped, make_error(Code::kCancelled, "ended"));
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

void DownloadSession::remove() {
  end();
  if (keeper_) keeper_->forget();
  ::unlink(paths_.part.c_str());
}

Result<DownloadSession::Outcome> DownloadSession::run(Validators validators,
                                                      const base::CancelToken& cancel) {
  Transfer::Beginning beginning = HEARTH_TRY(find_left());
  beginning.validators = validators;
  beginning.promised_bytes = request_.file.size_bytes;
  beginning.range_bytes = std::max<std::uint64_t>(request_.options.range_bytes, 1);
  hash_ = HEARTH_TRY(PrefixHash::begin(part_->file()));
  transfer_ = std::make_unique<Transfer>(
      std::move(beginning), *part_, *hash_,
      [this](const PartIdentity& identity, Errand::Kind kind) { return open(identity, kind); });
  Result<void> started = start_threads();
  if (!started) transfer_->end(Transfer::State::kFailed, started.error());
  Result<Outcome> outcome = watch(cancel);
  end();
  // What failed while the threads ended, a last sync perhaps, counts as well.
  const Transfer::State state = transfer_->view().state;
  if (outcome && state == Transfer::State::kFailed) outcome = fail(transfer_->error());
  if (!outcome && !keeper_->knows_any()) remove();
  return outcome;
}

// The part and its journal, in an order in which no journal ever stands beside another part.
Result<Transfer::Beginning> DownloadSession::find_left() {
  part_ = HEARTH_TRY(PartFile::open(paths_.part, means_.disk, means_.pace.room));
  keeper_ = std::make_unique<JournalKeeper>(paths_.journal, *part_, means_);
  const auto left = HEARTH_TRY(PartJournal::load(paths_.journal));
  const std::uint64_t part_bytes = HEARTH_TRY(part_->size_bytes());
  Transfer::Beginning beginning;
  if (left && is_usable(*left, request_.file, part_bytes)) {
    keeper_->keep(HEARTH_TRY(PartJournal::go_on(paths_.journal, *left, means_.disk)), *left);
    beginning.identity = left->identity;
    beginning.there = left->there;
  } else {
    keeper_->forget();
    HEARTH_TRY(part_->clear());
    beginning.identity = identity_of(request_.file);
  }
  const Result<void> room = part_->check_room(beginning.identity.size_bytes);
  if (room) return beginning;
  if (!keeper_->knows_any()) remove();
  return fail(room.error());
}

// On the thread that has the first answer.
Result<void> DownloadSession::open(const PartIdentity& identity, Errand::Kind kind) {
  const bool ranges = kind == Errand::Kind::kRange;
  if (!ranges) {
    keeper_->forget();
    HEARTH_TRY(part_->clear());
  }
  if (identity.size_bytes != 0) HEARTH_TRY(part_->prepare(identity.size_bytes));
  const bool held = identity.digest.has_value() || !identity.validator.empty();
  if (!ranges || !held || keeper_->keeps()) return {};
  const JournalContent nothing{identity, {}, 0};
  keeper_->keep(HEARTH_TRY(PartJournal::create(paths_.journal, nothing, means_.disk)), nothing);
  return {};
}

Result<void> DownloadSession::start_threads() {
  threads_.push_back(HEARTH_TRY(start_thread([this] { keeper_->run(*transfer_); })));
  const unsigned connections = std::clamp(request_.options.connections, 1U, kConnectionsMax);
  for (unsigned i = 0; i < connections; ++i) {
    auto thread = start_thread([this] { RangeWorker(*transfer_, means_.web, request_).run(); });
    if (!thread && i == 0) return fail(thread.error());
    if (!thread) break;  // fewer do as well
    threads_.push_back(*std::move(thread));
  }
  return {};
}

Result<DownloadSession::Outcome> DownloadSession::watch(const base::CancelToken& cancel) {
  while (true) {
    if (cancel.cancelled()) {
      transfer_->end(Transfer::State::kStopped,
                     make_error(Code::kCancelled, "the download was cancelled"));
    }
    const base::TimePoint now = base::system_clock().now();
    const Transfer::View view = transfer_->view();
    const auto hashed = hash_->outcome();
    tell(view, now);
    if (hashed && !*hashed) transfer_->end(Transfer::State::kFailed, hashed->error());
    switch (view.state) {
      case Transfer::State::kRunning:
        transfer_->wait(now + kLook, Transfer::kNever);
        break;
      case Transfer::State::kArrived:
        if (hashed && *hashed) return Outcome{view.state, **hashed, view.size_bytes};
        hash_->wait(now + kLook);
        break;
      case Transfer::State::kChanged:
        return Outcome{view.state, "", 0};
      default:
        return fail(transfer_->error());
    }
  }
}

void DownloadSession::tell(const Transfer::View& view, base::TimePoint now) {
  if (!request_.progress || (now - told_ < kTell && view.state == Transfer::State::kRunning))
    return;
  told_ = now;
  BlobProgress progress;
  progress.done_bytes = view.done_bytes;
  progress.size_bytes = view.size_bytes;
  if (view.state == Transfer::State::kArrived) {
    progress.step = BlobProgress::Step::kChecking;
    progress.done_bytes = hash_->hashed_bytes();
  } else if (view.pausing > 0 && view.fetching == 0) {
    progress.step = BlobProgress::Step::kRetrying;
    progress.problem = view.problem;
    progress.retry_in_ms = std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(view.next_try - now).count(), 0);
  }
  request_.progress(progress);
}

}  // namespace hearth::store
