#include "cli/line_editor.h"

#include <utility>

#include "base/utf8.h"

namespace hearth::cli {

namespace {

constexpr std::size_t kSequenceBytesMax = 16;

constexpr char ctrl(char letter) {
  return static_cast<char>(letter & 0x1F);
}
constexpr char kEscape = 0x1B;
constexpr char kDelete = 0x7F;

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

void LineEditor::begin() {
  text_.clear();
  character_.clear();
  sequence_.clear();
  cursor_ = 0;
  decoding_ = Decoding::kPlain;
  pasting_ = false;
  recalled_ = history_.size();
  draft_.clear();
}

LineEditor::State LineEditor::feed(char byte) {
  if (decoding_ != Decoding::kPlain) {
    escape(byte);
    return State::kEditing;
  }
  if (byte == kEscape) {
    decoding_ = Decoding::kEscape;
    return State::kEditing;
  }
  const auto value = static_cast<unsigned char>(byte);
  if (value < 0x20 || byte == kDelete) {
    character_.clear();
    return control(byte);
  }
  character_ += byte;
  if (base::unfinished_utf8_suffix(character_) == character_.size()) return State::kEditing;
  insert(base::repair_utf8(std::exchange(character_, {})));
  return State::kEditing;
}

LineEditor::State LineEditor::control(char byte) {
  if (pasting_) {  // pasted control characters are text or nothing, never commands
    if (byte == '\r' || byte == '\n') insert("\n");
    if (byte == '\t') insert("\t");
    return State::kEditing;
  }
  switch (byte) {
    case '\r':
    case '\n':
      return enter();
    case '\t':
      insert("\t");
      break;
    case ctrl('C'):
      return State::kInterrupted;
    case ctrl('L'):
      return State::kRedraw;
    case ctrl('D'):
      if (text_.empty()) return State::kEnded;
      erase(cursor_, after(cursor_));
      break;
    case ctrl('H'):
    case kDelete:
      erase(before(cursor_), cursor_);
      break;
    case ctrl('A'):
      cursor_ = line_start();
      break;
    case ctrl('E'):
      cursor_ = line_end();
      break;
    case ctrl('B'):
      cursor_ = before(cursor_);
      break;
    case ctrl('F'):
      cursor_ = after(cursor_);
      break;
    case ctrl('U'):
      erase(line_start(), cursor_);
      break;
    case ctrl('K'):
      erase(cursor_, line_end());
      break;
    case ctrl('W'):
      erase(word_start(), cursor_);
      break;
    case ctrl('P'):
      recall(-1);
      break;
    case ctrl('N'):
      recall(1);
      break;
    default:
      break;
  }
  return State::kEditing;
}

LineEditor::State LineEditor::enter() {
  if (!text_.ends_with('\\')) return State::kAccepted;
  cursor_ = text_.size();
  erase(cursor_ - 1, cursor_);
  insert("\n");
  return State::kEditing;
}

void LineEditor::escape(char byte) {
  if (decoding_ == Decoding::kEscape) {
    sequence_.clear();
    decoding_ = byte == '['   ? Decoding::kSequence
                : byte == 'O' ? Decoding::kSingleShift
                              : Decoding::kPlain;  // Alt and a key: nothing
    return;
  }
  const bool is_last = byte >= 0x40 && byte <= 0x7E;
  if (is_last || decoding_ == Decoding::kSingleShift) {
    decoding_ = Decoding::kPlain;
    sequence_end(byte);
  } else if (sequence_.size() < kSequenceBytesMax) {
    sequence_ += byte;
  } else {
    decoding_ = Decoding::kPlain;
  }
}

void LineEditor::sequence_end(char last) {
  if (last == '~') {
    if (sequence_ == "200") pasting_ = true;
    if (sequence_ == "201") pasting_ = false;
    if (sequence_ == "3") erase(cursor_, after(cursor_));
    if (sequence_ == "1" || sequence_ == "7") cursor_ = line_start();
    if (sequence_ == "4" || sequence_ == "8") cursor_ = line_end();
    return;
  }
  if (pasting_) return;
  switch (last) {
    case 'A':
      recall(-1);
      break;
    case 'B':
      recall(1);
      break;
    case 'C':
      cursor_ = after(cursor_);
      break;
    case 'D':
      cursor_ = before(cursor_);
      break;
    case 'H':
      cursor_ = line_start();
      break;
    case 'F':
      cursor_ = line_end();
      break;
    default:
      break;
  }
}

void LineEditor::insert(std::string_view bytes) {
  if (text_.size() + bytes.size() > kInputBytesMax) return;
  text_.insert(cursor_, bytes);
  cursor_ += bytes.size();
}

void LineEditor::erase(std::size_t from, std::size_t to) {
  text_.erase(from, to - from);
  cursor_ = from;
}

void LineEditor::recall(std::ptrdiff_t step) {
  const bool at_first = recalled_ == 0 && step < 0;
  const bool at_last = recalled_ == history_.size() && step > 0;
  if (at_first || at_last) return;
  if (recalled_ == history_.size()) draft_ = text_;
  recalled_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(recalled_) + step);
  text_ = recalled_ == history_.size() ? draft_ : history_[recalled_];
  cursor_ = text_.size();
}

void LineEditor::remember(const std::string& line) {
  if (line.empty() || (!history_.empty() && history_.back() == line)) return;
  history_.push_back(line);
  if (history_.size() > kHistoryMax) history_.erase(history_.begin());
}

std::size_t LineEditor::before(std::size_t at) const {
  if (at == 0) return 0;
  do {
    --at;
  } while (at > 0 && continues(text_[at]));
  return at;
}

std::size_t LineEditor::after(std::size_t at) const {
  if (at >= text_.size()) return text_.size();
  do {
    ++at;
  } while (at < text_.size() && continues(text_[at]));
  return at;
}

std::size_t LineEditor::line_start() const {
  const std::size_t newline = cursor_ == 0 ? std::string::npos : text_.rfind('\n', cursor_ - 1);
  return newline == std::string::npos ? 0 : newline + 1;
}

std::size_t LineEditor::line_end() const {
  const std::size_t newline = text_.find('\n', cursor_);
  return newline == std::string::npos ? text_.size() : newline;
}

std::size_t LineEditor::word_start() const {
  std::size_t at = cursor_;
  const auto is_space = [&](std::size_t i) {
    return text_[i] == ' ' || text_[i] == '\t' || text_[i] == '\n';
  };
  while (at > 0 && is_space(at - 1))
    --at;
  while (at > 0 && !is_space(at - 1))
    --at;
  return at;
}

}  // namespace hearth::cli
