#include "cli/console.h"

#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/units.h"

namespace hearth::cli {

Console::Console(int input, int output, int notices)
    : input_(input),
      output_(output),
      notices_(notices),
      input_is_terminal_(::isatty(input) == 1),
      output_is_terminal_(::isatty(output) == 1),
      notices_are_terminal_(::isatty(notices) == 1) {}

void Console::print(std::string_view text) {
  if (output_is_terminal_) {
    write_output(terminal_safe(text));
  } else {
    write_output(text);
  }
}

void Console::stream(std::string_view piece) {
  if (output_is_terminal_) {
    write_output(stream_filter_.feed(piece));
  } else {
    write_output(piece);
  }
}

void Console::end_stream() {
  if (output_is_terminal_) write_output(stream_filter_.finish());
}

void Console::print_raw(std::string_view text) {
  write_output(text);
}

void Console::notice(std::string_view text) {
  const std::string line = terminal_safe(text) + "\n";
  // Notices that nobody can read must not stop the work.
  [[maybe_unused]] const auto written = base::write_all(notices_, line);
}

void Console::notice_raw(std::string_view text) {
  [[maybe_unused]] const auto written = base::write_all(notices_, text);
}

std::size_t Console::notice_columns() const {
  winsize size{};
  const bool known = ::ioctl(notices_, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : kColumnsUsual;
}

void Console::write_output(std::string_view bytes) {
  if (gone_) return;
  const auto written = base::write_all(output_, bytes);
  if (written) return;
  gone_ = true;
  // A reader that has seen enough is no news.
  if (errno != EPIPE) notice("hearth: the output ends here: " + written.error().message);
}

Result<std::string> read_all(int fd, std::size_t limit_bytes) {
  std::string content;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(base::errno_error(errno, "cannot read the standard input"));
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > limit_bytes) {
      return fail(Code::kResourceExhausted,
                  "the standard input has more than " + base::format_bytes(limit_bytes));
    }
  }
}

}  // namespace hearth::cli
