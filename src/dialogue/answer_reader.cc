#include "dialogue/answer_reader.h"

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
  explicit FormatReader(const AnswerFormat& format) : marks_(format) {
    if (format.parser != nullptr) parser_.emplace(format);
  }

  std::vector<chat::Event> add(std::string_view text) override {
    unfinished_ += text;
    const std::size_t kept = base::unfinished_utf8_suffix(unfinished_);
    const std::string whole =
        base::repair_utf8(std::string_view(unfinished_).substr(0, unfinished_.size() - kept));
    unfinished_.erase(0, unfinished_.size() - kept);
    read(whole);
    return out_.take();
  }

  std::vector<chat::Event> finish() override {
    read(base::repair_utf8(std::exchange(unfinished_, {})));
    if (parser_) {
      parser_->finish(out_);
    } else {
      marks_.finish(out_);
    }
    return out_.take();
  }

  // The parser is behind sometimes; the marks say at once where thinking ends.
  bool thinks() const override { return marks_.thinks(); }
  bool called() const override { return parser_ && parser_->called(); }

 private:
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
