#include "fleet/model_news.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace hearth::fleet {

std::string_view news_word(ModelNews::What what) {
  switch (what) {
    case ModelNews::What::kWaiting:
      return "waiting";
    case ModelNews::What::kLoading:
      return "loading";
    case ModelNews::What::kReady:
      return "ready";
    case ModelNews::What::kLeaving:
      return "leaving";
    case ModelNews::What::kGone:
      return "gone";
    case ModelNews::What::kCrashed:
      return "crashed";
    case ModelNews::What::kRefused:
      return "refused";
    case ModelNews::What::kPinned:
      return "pinned";
    case ModelNews::What::kUnpinned:
      return "unpinned";
  }
  return "gone";
}

void NewsBoard::tell(ModelNews::What what, const std::string& model, std::string detail) {
  kept_.push_back({++last_, base::system_clock().wall_ms(), what, model, std::move(detail)});
  if (kept_.size() > kNewsKept) kept_.pop_front();
  call_listeners();
}

void NewsBoard::end() {
  ended_ = true;
  call_listeners();
}

// Of those there were at its begin, each that is still there.
void NewsBoard::call_listeners() {
  const std::map<ListenerId, Listener> listeners = listeners_;
  for (const auto& [id, listener] : listeners) {
    if (listeners_.contains(id)) listener();
  }
}

std::vector<ModelNews> NewsBoard::after(std::uint64_t number) const {
  const auto is_later = [number](const ModelNews& news) { return news.number > number; };
  const auto first = std::find_if(kept_.begin(), kept_.end(), is_later);
  return {first, kept_.end()};
}

bool NewsBoard::missed_after(std::uint64_t number) const {
  if (number > last_) return true;
  return !kept_.empty() && number + 1 < kept_.front().number;
}

NewsBoard::ListenerId NewsBoard::listen(Listener listener) {
  listeners_.emplace(++next_listener_, std::move(listener));
  return next_listener_;
}

}  // namespace hearth::fleet
