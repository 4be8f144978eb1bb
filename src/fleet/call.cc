#include "fleet/call.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <boost/asio/post.hpp>

#include "wire/messages.h"

namespace hearth::fleet {

namespace {

// Credit goes back in parcels: a quarter of what a runner may send ahead.
constexpr std::uint32_t kCreditParcel = 64;
static_assert(kCreditParcel * 4 == wire::kCreditStart);
// What a runner may send when its credit is used up: the rest of its last step (prefill progress
// and text) and what ends a request (text held back, usage, the end).
constexpr std::int64_t kEventsBeyondCredit = 8;

// From so many events on that wait, pieces of the same text become one: a reader that is so far
// behind hears it at once anyway, and an event takes ten times what its text does.
constexpr std::size_t kJoinAfter = 16;

bool is_load_progress(const chat::Event& event) {
  const auto* progress = std::get_if<chat::Progress>(&event);
  return progress != nullptr && progress->phase == chat::Progress::Phase::kLoad;
}

std::size_t bytes_of(const chat::TextDelta& delta) {
  const auto of_chance = [](const chat::TokenChance& one) { return sizeof one + one.bytes.size(); };
  std::size_t bytes = delta.text.size();
  for (const chat::TokenLogprob& token : delta.logprobs) {
    bytes += of_chance(token.chosen);
    for (const chat::TokenChance& chance : token.alternatives)
      bytes += of_chance(chance);
  }
  return bytes;
}

std::size_t content_bytes(const chat::Event& event) {
  if (const auto* text = std::get_if<chat::TextDelta>(&event)) return bytes_of(*text);
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event)) return thought->text.size();
  if (const auto* warning = std::get_if<chat::Warning>(&event)) return warning->text.size();
  const auto* call = std::get_if<chat::ToolCallDelta>(&event);
  return call == nullptr ? 0 : call->id.size() + call->name.size() + call->arguments.size();
}

}  // namespace

void Call::connect(std::function<void(std::uint32_t)> on_taken,
                   std::function<void()> on_abandoned) {
  on_taken_ = std::move(on_taken);
  on_abandoned_ = std::move(on_abandoned);
  credit_ = wire::kCreditStart;
}

void Call::deliver(chat::Event event) {
  if (over()) return;
  if (is_load_progress(event) && !events_.empty() && events_.back().credit == 0 &&
      is_load_progress(events_.back().event)) {
    events_.back().event = std::move(event);
    return;
  }
  add({std::move(event), 0});
}

Result<void> Call::receive(chat::Event event) {
  if (over()) return {};
  if (--credit_ < -kEventsBeyondCredit) {
    return fail(Code::kCorrupt, "more events than there was credit for");
  }
  if (std::holds_alternative<chat::Started>(event)) {
    // Of a replay: it is told already.
    if (std::exchange(started_, true)) {
      ++taken_;
      return {};
    }
  } else if (!std::holds_alternative<chat::Progress>(event)) {
    answered_ = true;
    kept_ = nullptr;
  }
  unread_bytes_ += content_bytes(event);
  if (unread_bytes_ > kUnreadBytesMax) {
    return fail(Code::kCorrupt, "more text than events of an answer can have");
  }
  if (!join(event)) add({std::move(event), 1});
  return {};
}

bool Call::replay() {
  return ask_again(std::exchange(replay_, nullptr));
}

bool Call::start_over() {
  return ask_again(replay_);
}

bool Call::ask_again(std::function<void()> again) {
  if (over() || answered_ || !again) return false;
  on_taken_ = nullptr;
  on_abandoned_ = nullptr;
  taken_ = 0;
  boost::asio::post(loop_, [self = shared_from_this(), again = std::move(again)] {
    if (!self->over()) again();
  });
  return true;
}

bool Call::join(chat::Event& event) {
  if (events_.size() < kJoinAfter || events_.back().credit == 0) return false;
  Unread& last = events_.back();
  auto* const text = std::get_if<chat::TextDelta>(&event);
  auto* const text_before = std::get_if<chat::TextDelta>(&last.event);
  if (text != nullptr && text_before != nullptr) {
    text_before->text += text->text;
    text_before->tokens += text->tokens;
    std::move(text->logprobs.begin(), text->logprobs.end(),
              std::back_inserter(text_before->logprobs));
    ++last.credit;
    return true;
  }
  auto* const thought = std::get_if<chat::ThinkingDelta>(&event);
  auto* const thought_before = std::get_if<chat::ThinkingDelta>(&last.event);
  if (thought == nullptr || thought_before == nullptr) return false;
  thought_before->text += thought->text;
  thought_before->tokens += thought->tokens;
  ++last.credit;
  return true;
}

void Call::end_within(base::Duration time) {
  deadline_.emplace(loop_, time);
  deadline_->async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self) self->on_deadline();
  });
}

std::uint32_t Call::remaining_ms() const {
  if (!deadline_) return 0;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_->expiry() - std::chrono::steady_clock::now());
  return static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 1));
}

void Call::on_deadline() {
  if (over()) return;
  deliver(chat::Failed{make_error(
      Code::kDeadlineExceeded, "the request's deadline has passed before its answer was whole")});
  if (const auto notify = std::exchange(on_abandoned_, nullptr)) notify();
}

void Call::add(Unread unread) {
  ended_ = chat::ends_stream(unread.event);
  events_.push_back(std::move(unread));
  pump();
}

void Call::next(chat::EventStream::Handler handler) {
  HEARTH_ASSERT(!handler_ && !abandoned_);
  handler_ = std::move(handler);
  pump();
}

void Call::pump() {
  if (posted_ || !handler_ || events_.empty()) return;
  posted_ = true;
  boost::asio::post(loop_, [self = shared_from_this()] { self->hand_over(); });
}

void Call::hand_over() {
  posted_ = false;
  if (!handler_ || events_.empty()) return;
  Unread unread = std::move(events_.front());
  events_.pop_front();
  if (unread.credit > 0) {
    unread_bytes_ -= content_bytes(unread.event);
    taken_ += unread.credit;
  }
  if (taken_ >= kCreditParcel && !ended_ && on_taken_) {
    credit_ += taken_;
    on_taken_(std::exchange(taken_, 0));
  }
  const auto handler = std::exchange(handler_, nullptr);
  handler(std::move(unread.event));
}

void Call::abandon() {
  if (abandoned_) return;
  abandoned_ = true;
  handler_ = nullptr;
  events_.clear();
  const auto notify = std::exchange(on_abandoned_, nullptr);
  on_taken_ = nullptr;
  replay_ = nullptr;
  kept_ = nullptr;
  if (notify && !ended_) notify();
}

}  // namespace hearth::fleet
