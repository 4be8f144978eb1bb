#include "cli/line_reader.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "cli/terminal_layout.h"

namespace hearth::cli {

namespace {

constexpr std::size_t kColumnsDefault = 80;
constexpr std::string_view kPasteOn = "\x1B[?2004h";
constexpr std::string_view kPasteOff = "\x1B[?2004l";

std::size_t columns_of(int terminal) {
  winsize size{};
  const bool known = ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : kColumnsDefault;
}

// Keys arrive one by one and mean nothing to the kernel, Ctrl-C included.
class RawTerminal {
 public:
  explicit RawTerminal(int terminal) : terminal_(terminal) {
    known_ = ::tcgetattr(terminal, &before_) == 0;
    if (!known_) return;
    termios raw = before_;
    raw.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(terminal, TCSADRAIN, &raw);
  }
  ~RawTerminal() {
    if (known_) ::tcsetattr(terminal_, TCSADRAIN, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  int terminal_;
  termios before_{};
  bool known_ = false;
};

std::string moved(std::size_t count, char direction) {
  return count == 0 ? "" : "\x1B[" + std::to_string(count) + direction;
}

}  // namespace

Result<LineReader::Line> LineReader::read(std::string_view prompt) {
  interrupted_ = 0;
  const bool both = console_.input_is_terminal() && console_.output_is_terminal();
  return both ? read_terminal(prompt) : read_pipe();
}

Result<bool> LineReader::fill() {
  pollfd watched[2] = {{console_.input(), POLLIN, 0}, {interrupt_.fd(), POLLIN, 0}};
  while (::poll(watched, 2, -1) < 0) {
    if (errno != EINTR) return fail(base::errno_error(errno, "cannot wait for input"));
  }
  if (watched[1].revents != 0) {
    interrupted_ = interrupt_.take();
    return false;
  }
  char buffer[4096];
  const ssize_t count = ::read(console_.input(), buffer, sizeof buffer);
  if (count > 0) pending_.append(buffer, static_cast<std::size_t>(count));
  if (count < 0 && errno != EIO) return fail(base::errno_error(errno, "cannot read the input"));
  return count > 0;
}

Result<LineReader::Line> LineReader::read_pipe() {
  while (true) {
    const std::size_t newline = pending_.find('\n');
    if (newline != std::string::npos) {
      std::string line = pending_.substr(0, newline);
      pending_.erase(0, newline + 1);
      return Line{Kind::kText, base::repair_utf8(line)};
    }
    if (pending_.size() > kInputBytesMax) {
      return fail(Code::kResourceExhausted, "an input line is too long");
    }
    if (HEARTH_TRY(fill())) continue;
    if (interrupted_ != 0) return Line{Kind::kInterrupted, {}, true};
    if (pending_.empty()) return Line{Kind::kEnd, {}};
    return Line{Kind::kText, base::repair_utf8(std::exchange(pending_, {}))};
  }
}

Result<LineReader::Line> LineReader::read_terminal(std::string_view prompt) {
  const RawTerminal raw(console_.input());
  console_.print_raw(kPasteOn);
  editor_.begin();
  cursor_row_ = last_row_ = 0;
  Line line;
  draw(prompt);
  for (auto state = LineEditor::State::kEditing; state == LineEditor::State::kEditing;) {
    if (pending_.empty() && !HEARTH_TRY(fill())) {
      line.kind = interrupted_ != 0 ? Kind::kInterrupted : Kind::kEnd;
      line.is_final = interrupted_ == SIGTERM;
      break;
    }
    std::size_t used = 0;
    while (used < pending_.size() && state == LineEditor::State::kEditing) {
      state = editor_.feed(pending_[used++]);
    }
    pending_.erase(0, used);
    if (state == LineEditor::State::kRedraw) {
      console_.print_raw("\x1B[H\x1B[2J");
      cursor_row_ = last_row_ = 0;
      state = LineEditor::State::kEditing;
    }
    draw(prompt);
    if (state == LineEditor::State::kAccepted) line = {Kind::kText, editor_.text()};
    if (state == LineEditor::State::kInterrupted) line = {Kind::kInterrupted, editor_.text()};
  }
  finish_drawing();
  if (line.kind == Kind::kText) editor_.remember(line.text);
  return line;
}

// The whole input anew: simple, and right after every resize.
void LineReader::draw(std::string_view prompt) {
  const std::size_t columns = columns_of(console_.output());
  const std::string shown = terminal_safe(editor_.text());
  const std::string left =
      terminal_safe(std::string_view(editor_.text()).substr(0, editor_.cursor()));
  const Position start = position_after({}, prompt, columns);
  const Position cursor = position_after(start, left, columns);
  const Position end = position_after(start, shown, columns);
  std::string out = moved(cursor_row_, 'A') + "\r\x1B[J" + std::string(prompt);
  for (const char c : shown) {
    if (c == '\n') out += '\r';
    out += c;
  }
  // At the edge the terminal has not wrapped yet; make it.
  if (end.column == 0 && end.row > 0 && !shown.ends_with('\n')) out += "\r\n";
  out += "\r" + moved(end.row - cursor.row, 'A') + moved(cursor.column, 'C');
  console_.print_raw(out);
  cursor_row_ = cursor.row;
  last_row_ = end.row;
}

void LineReader::finish_drawing() {
  console_.print_raw(moved(last_row_ - cursor_row_, 'B') + "\r\n" + std::string(kPasteOff));
}

QuietTerminal::QuietTerminal(const Console& console) : terminal_(console.input()) {
  termios now{};
  if (!console.input_is_terminal() || ::tcgetattr(terminal_, &now) != 0) return;
  before_ = now;
  now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
  ::tcsetattr(terminal_, TCSADRAIN, &now);
}

QuietTerminal::~QuietTerminal() {
  if (before_) ::tcsetattr(terminal_, TCSADRAIN, &*before_);
}

}  // namespace hearth::cli
