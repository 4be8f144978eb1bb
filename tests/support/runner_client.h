// A test's own end of the wire: starts the real hearth-runner and talks to it, blocking, with a
// limit on every wait.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "process/child.h"
#include "wire/messages.h"

namespace hearth::testing {

struct Answer {
  std::string text;
  std::string thinking;
  std::vector<chat::ToolCall> calls;
  std::vector<std::string> warnings;
  std::uint32_t deltas = 0;  // of text
  std::vector<chat::TokenLogprob> logprobs;
  std::uint32_t prefill_reports = 0;
  chat::Started started;
  chat::Usage usage;
  std::optional<chat::Finished::Reason> finished;
  std::string stop_sequence = {};  // that ended it
  std::optional<Error> failed;
};

class RunnerClient {
 public:
  // Aborts the test when the executable cannot be started.
  explicit RunnerClient(const std::string& executable, const std::string& cache_folder = "");

  void send(std::uint32_t request, wire::Message message, const std::vector<int>& files = {});
  void send_raw(std::string_view bytes);
  // The next message of this request (others are kept); nothing when the runner is gone.
  std::optional<wire::Message> receive(std::uint32_t request);
  // How many messages of this request came while others were waited for.
  std::size_t kept(std::uint32_t request) const;
  // Everything that one read of the runner's end takes together, in its order.
  void send_together(std::vector<std::pair<std::uint32_t, wire::Message>> messages);
  template <typename T>
  std::optional<T> expect(std::uint32_t request) {
    auto message = receive(request);
    if (!message || !std::holds_alternative<T>(*message)) return std::nullopt;
    return std::get<T>(std::move(*message));
  }

  wire::HelloReply greet();
  // Greets, loads, and skips the progress: Loaded, or the Error it was refused with.
  Result<wire::Loaded> load(const std::string& path, wire::Load load = {});
  void generate(std::uint32_t request, chat::Request asked);
  // Reads until the request ends or the runner is gone, and gives credit as it reads.
  Answer finish(std::uint32_t request);
  wire::Stats stats();
  process::Child& process() { return child_; }

 private:
  Fd socket_;
  process::Child child_;
  wire::FrameReader reader_;
  std::map<std::uint32_t, std::vector<wire::Message>> kept_;
};

chat::Request make_request(std::string prompt, std::uint32_t max_tokens);

}  // namespace hearth::testing
