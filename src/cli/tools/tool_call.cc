#include "cli/tools/tool_call.h"

#include <csignal>
#include <future>

#include <poll.h>
#include <termios.h>

#include "base/cancellation.h"
#include "cli/line_reader.h"

namespace hearth::cli {

namespace {

// It is asked on the main thread, which has the terminal and hears Ctrl-C itself.
constexpr const char* kAsksByItself = "ask_user";
constexpr int kInterruptPollMs = 20;

}  // namespace

Result<std::string> ask_person(Console& console, Interrupt& interrupt,
                               const std::string& question) {
  ::tcflush(console.input(), TCIFLUSH);
  if (!console.output_is_terminal()) console.notice(question);  // nobody would see it otherwise
  LineReader reader(console, interrupt);
  const LineReader::Line line = HEARTH_TRY(reader.read(question));
  if (line.kind == LineReader::Kind::kText) return line.text;
  if (line.is_final) ::raise(SIGTERM);  // for whoever looks at the interrupt next
  return fail(Code::kCancelled, "nobody has answered");
}

tool::Asking asking(Console& console, Interrupt& interrupt) {
  return [&](const std::string& question, const base::CancelToken&) {
    console.notice(question);
    return ask_person(console, interrupt, "> ");
  };
}

tool::Outcome run_call(const tool::Toolbox& toolbox, const tool::Call& call,
                       const Interrupt& interrupt) {
  if (call.name == kAsksByItself) return toolbox.run(call, base::CancelToken());
  base::CancelSource cancel;
  auto running = std::async(std::launch::async, [&] { return toolbox.run(call, cancel.token()); });
  while (running.wait_for(std::chrono::milliseconds(0)) != std::future_status::ready) {
    pollfd interrupted = {interrupt.fd(), POLLIN, 0};
    if (::poll(&interrupted, 1, kInterruptPollMs) > 0) cancel.cancel();
    if (cancel.cancelled()) running.wait();
  }
  return running.get();
}

}  // namespace hearth::cli
