#include "engine/text_assembler.h"

#include <algorithm>

#include "base/utf8.h"

namespace hearth::engine {

std::string TextAssembler::add(std::string_view bytes) {
  if (stopped_) return {};
  pending_ += bytes;
  taken_in_ += bytes.size();
  const std::size_t end = find_end();
  if (end != std::string::npos) {
    stopped_ = true;
    std::string text = give_out(end);
    pending_.clear();
    return text;
  }
  std::size_t certain = pending_.size() - held_back();
  certain -= base::unfinished_utf8_suffix(std::string_view(pending_).substr(0, certain));
  return give_out(certain);
}

std::size_t TextAssembler::find_end() {
  std::size_t end = std::string::npos;
  for (const std::string& stop : stops_) {
    const std::size_t at = pending_.find(stop);
    if (at < end) stopped_by_ = stop;
    end = std::min(end, at);
  }
  if (!are_ends_) return end;
  for (const std::string& mark : marks_) {
    const std::size_t at = pending_.find(mark);
    if (at < end) stopped_by_.clear();
    end = std::min(end, at);
  }
  return end;
}

std::string TextAssembler::finish() {
  const std::size_t unfinished = base::unfinished_utf8_suffix(pending_);
  pending_.resize(pending_.size() - unfinished);
  std::string text = give_out(pending_.size());
  given_out_ += unfinished;
  return text;
}

std::string TextAssembler::give_out(std::size_t size) {
  std::string text = base::repair_utf8(std::string_view(pending_).substr(0, size));
  pending_.erase(0, size);
  given_out_ += size;
  return text;
}

std::size_t TextAssembler::held_back() const {
  std::size_t held = 0;
  for_each_end([&](const std::string& text) {
    for (std::size_t size = std::min(text.size() - 1, pending_.size()); size > held; --size) {
      if (pending_.ends_with(std::string_view(text).substr(0, size))) held = size;
    }
  });
  return held;
}

}  // namespace hearth::engine
