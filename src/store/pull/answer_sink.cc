#include "store/pull/answer_sink.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/manifest/manifest.h"
#include "store/pull/answer.h"

namespace hearth::store {

namespace {

constexpr std::size_t kGatheredBytes = 128 * 1024;
// libcurl gives so much at once while more has arrived already.
constexpr std::size_t kPieceBytes = 16 * 1024;

Fault::Cure cure_of(Answer::Kind kind) {
  switch (kind) {
    case Answer::Kind::kChanged:
      return Fault::Cure::kAnew;
    case Answer::Kind::kLater:
      return Fault::Cure::kAgain;
    default:
      return Fault::Cure::kNone;
  }
}

}  // namespace

Failure AnswerSink::refuse(Fault fault) {
  fault_ = std::move(fault);
  return fail(fault_->error);
}

Result<void> AnswerSink::begin(const net::WebHead& head) {
  host_ = host_of(head.url);
  const Answer answer = judge_answer(head, transfer_.expected(errand_));
  if (answer.kind != Answer::Kind::kRange && answer.kind != Answer::Kind::kWhole)
    return refuse({cure_of(answer.kind), answer.error, answer.retry_after_ms});
  if (!transfer_.fits(answer)) {
    return refuse({Fault::Cure::kAgain,
                   make_error(Code::kUpstream, host_ + " sends ranges of its file now and then"),
                   {}});
  }
  const auto accepted = transfer_.accept(answer);
  if (!accepted) return refuse({Fault::Cure::kNone, accepted.error(), {}});
  if (answer.kind == Answer::Kind::kWhole) errand_ = {Errand::Kind::kWhole, answer.body};
  errand_.left.end = std::min(errand_.left.end, std::max(answer.size_bytes, answer.body.end));
  at_ = answer.body.begin;
  end_ = answer.body.end;
  return {};
}

Result<void> AnswerSink::take(std::string_view bytes) {
  const std::uint64_t end = end_ != 0 ? end_ : kFileBytesMax;
  if (bytes.size() > end - at_) {
    return refuse({Fault::Cure::kNone,
                   make_error(Code::kUpstream,
                              fmt::format("{} sends more than the {} bytes that were to come",
                                          host_, end - at_)),
                   {}});
  }
  gathered_ += bytes;
  at_ += bytes.size();
  const bool more_is_there = bytes.size() >= kPieceBytes;
  if (more_is_there && gathered_.size() < kGatheredBytes) return {};
  return write_gathered();
}

Result<void> AnswerSink::write_gathered() {
  if (gathered_.empty()) return {};
  const auto written = transfer_.write(at_ - gathered_.size(), gathered_);
  gathered_.clear();
  if (!written) return refuse({Fault::Cure::kNone, written.error(), {}});
  errand_.left.begin = at_;
  return {};
}

void AnswerSink::finish() {
  static_cast<void>(write_gathered());  // a failure of which is the answer's fault
}

std::optional<Fault> AnswerSink::missing() const {
  if (end_ == 0 ? at_ != 0 : at_ == end_) return std::nullopt;
  return Fault{
      Fault::Cure::kAgain,
      make_error(Code::kUnavailable, fmt::format("{} stopped sending at byte {}", host_, at_)),
      {}};
}

}  // namespace hearth::store
