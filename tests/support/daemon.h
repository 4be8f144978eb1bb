// A real `hearth serve` in a home of its own, for one test.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/http_client.h"
#include "process/child.h"

namespace hearth::testing {

// An answer as a client of the API sees it.
struct ChatAnswer {
  int status = 0;
  std::string body;               // as it came
  std::vector<std::string> data;  // of each event, when it was streamed
  std::string text;               // all content, joined
  std::string finish_reason;
  std::string error_code;  // of an error reply or event; empty when there was none
  std::string error_message;
};

class DaemonProcess {
 public:
  // Started and ready. `arguments` follow `hearth serve`; environment gets HEARTH_HOME.
  explicit DaemonProcess(std::vector<std::string> arguments = {},
                         std::vector<std::string> environment = {});
  ~DaemonProcess();

  const std::string& home() const { return home_; }
  int pid() const { return child_->pid(); }
  process::Child& process() { return *child_; }
  // By SIGKILL; then another one in the same home.
  void kill_and_restart();
  // The other one has this environment.
  void kill_and_restart(std::vector<std::string> environment);
  bool is_alive() { return !child_->poll_exit().has_value(); }

  using Heard = std::function<net::ChunkAction(std::string_view bytes)>;
  ChatAnswer chat(const std::string& model, const std::string& prompt, int max_tokens = 8);
  // A whole JSON body of one's own; `heard` sees the bytes of a stream as they come.
  ChatAnswer post_chat(const std::string& body, const Heard& heard = nullptr);
  // `heard` sees the bytes of a stream as they come.
  net::HttpReply get(const std::string& target, const Heard& heard = nullptr);
  net::HttpReply post(const std::string& target, const std::string& body);
  // The first number after `"key":` in a reply.
  static std::int64_t number_in(const std::string& json, const std::string& key);
  // A metric's value, summed over its labels; 0 when it does not exist.
  double metric(const std::string& name);
  int runner_pid();  // of the only loaded model; 0 when none is loaded

 private:
  std::string home_;
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  std::optional<process::Child> child_;
};

std::string chat_body(const std::string& model, const std::string& prompt, int max_tokens,
                      bool stream);

// Asks again and again, at most for `patience`, until it is true; for states of other processes
// that nobody announces.
bool becomes_true(const std::function<bool()>& condition,
                  std::chrono::milliseconds patience = std::chrono::seconds(30));

}  // namespace hearth::testing
