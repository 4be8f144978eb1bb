#include "dialogue/answer_reader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "dialogue/mark_reader.h"
#include "dialogue/parsing_reader.h"

namespace hearth::dialogue {

namespace {

// Whole characters in, so that no reader gives out a part of one.
class FormatReader final : public AnswerReader {
 public:
  explicit FormatReader(const AnswerFormat& format) : marks_(format), one_call_(format.one_call) {
    if (format.parser != nullptr) parser_.emplace(format);
  }

  std::vector<chat::Event> add(std::string_view text) override {
    unfinished_ += text;
    const std::size_t kept = base::unfinished_utf8_suffix(unfinished_);
    const std::string whole =
        base::repair_utf8(std::string_view(unfinished_).substr(0, unfinished_.size() - kept));
    unfinished_.erase(0, unfinished_.size() - kept);
    read(whole);
    return told();
  }

  std::vector<chat::Event> finish(Rest rest) override {
    if (rest != Rest::kMarks) read(base::repair_utf8(std::exchange(unfinished_, {})));
    if (parser_) {
      parser_->finish(rest, out_);
    } else {
      marks_.finish(rest, out_);
    }
    return told();
  }

  // The parser is behind sometimes; the marks say at once where thinking ends.
  bool thinks() const override { return marks_.thinks(); }
  bool called() const override { return parser_ && parser_->called(); }
  bool calls_whole() const override {
    constexpr auto kAll = std::numeric_limits<std::size_t>::max();
    return !parser_ || parser_->calls_whole(one_call_ ? 1 : kAll);
  }
  bool over() const override { return over_; }

 private:
  // All that comes before a second call, where there is to be none.
  std::vector<chat::Event> told() {
    std::vector<chat::Event> events = out_.take();
    if (over_) events.clear();
    if (!one_call_) return events;
    const auto second = std::find_if(events.begin(), events.end(), [](const chat::Event& event) {
      const auto* call = std::get_if<chat::ToolCallDelta>(&event);
      return call != nullptr && call->index > 0;
    });
    over_ = over_ || second != events.end();
    events.erase(second, events.end());
    return events;
  }

  void read(std::string_view whole) {
    if (!parser_) {
      marks_.add(whole, out_);
      return;
    }
    marks_.add(whole, unheard_);
    unheard_.take();
    parser_->add(whole, out_);
  }

  MarkReader marks_;
  bool one_call_;
  bool over_ = false;
  std::optional<ParsingReader> parser_;
  std::string unfinished_;  // bytes of a character whose others have not come
  Deltas out_;
  Deltas unheard_;
};

}  // namespace

std::unique_ptr<AnswerReader> AnswerReader::create(AnswerFormat format) {
  return std::make_unique<FormatReader>(format);
}

}  // namespace hearth::dialogue
