// What the daemon adds to a request: the fake runner spoken to by its own wire, and through the
// daemon over HTTP on one connection that stays open, in turn. The fake runner answers at once, so
// that what is measured is the way there and back.
//
//   bench-overhead [--requests N]      writes one JSON object to stdout
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "net/testing/raw_client.h"
#include "places.h"
#include "process/child.h"
#include "runner_client.h"

namespace hearth::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDefaultRequests = 4000;
constexpr int kTurn = 50;  // requests of one kind before the other has its turn
constexpr int kWarmUp = 200;
constexpr std::string_view kPrompt = "say 1";

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double quantile(std::vector<double> numbers, double share) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[static_cast<std::size_t>(share * static_cast<double>(numbers.size() - 1))];
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

class Direct {
 public:
  explicit Direct(const std::string& model) : runner_(HEARTH_BIN_FOLDER "/fake-runner") {
    if (!runner_.load(model)) give_up("the fake runner loads nothing");
  }
  double request() {
    const auto begin = Clock::now();
    runner_.generate(++number_, testing::make_request(std::string(kPrompt), 1));
    if (!runner_.finish(number_).finished) give_up("the fake runner did not answer");
    return ms_since(begin);
  }

 private:
  testing::RunnerClient runner_;
  std::uint32_t number_ = 0;
};

class Daemon {
 public:
  explicit Daemon(const std::string& model)
      : body_(R"({"model":")" + model + R"(","messages":[{"role":"user","content":")" +
              std::string(kPrompt) + R"("}]})"),
        child_(start(home_)),
        client_(home_ + "/run/hearth.sock") {}
  ~Daemon() {
    client_.close();
    child_.kill_group();
    [[maybe_unused]] const int removed = std::system(("rm -rf " + home_).c_str());
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  double request() {
    const auto begin = Clock::now();
    client_.request("POST", "/v1/chat/completions", body_);
    if (client_.read_reply().status != 200) give_up("the daemon did not answer");
    return ms_since(begin);
  }

 private:
  static process::Child start(std::string& home) {
    home = "/tmp/hearth-bench-XXXXXX";
    int ends[2];
    if (::mkdtemp(home.data()) == nullptr || ::pipe(ends) != 0) give_up("no folder to work in");
    const Fd ready(ends[0]);
    Fd theirs(ends[1]);
    process::SpawnOptions options;
    options.program = testing::hearth_path();
    options.arguments = {"serve", "--private", "--ready-fd", "3"};
    options.environment = {"HEARTH_HOME=" + home, "HEARTH_MODELS_FOUND=no",
                           "HEARTH_LOG_LEVEL=warning",
                           "HEARTH_RUNNER_PATH=" HEARTH_BIN_FOLDER "/fake-runner"};
    options.descriptors = {{theirs.get(), 3}};
    auto child = process::Child::spawn(options);
    theirs.reset();
    char byte = 0;
    if (!child || ::read(ready.get(), &byte, 1) != 1) give_up("the daemon did not start");
    return *std::move(child);
  }

  std::string home_;
  std::string body_;
  process::Child child_;
  net::testing::RawClient client_;
};

void measure(int requests) {
  const std::string model = testing::model_path("tiny-llama-f16");
  Direct direct(model);
  Daemon daemon(model);
  for (int i = 0; i < kWarmUp; ++i) {
    direct.request();
    daemon.request();
  }
  std::vector<double> direct_ms;
  std::vector<double> daemon_ms;
  for (int done = 0; done < requests; done += kTurn) {
    for (int i = 0; i < kTurn; ++i)
      direct_ms.push_back(direct.request());
    for (int i = 0; i < kTurn; ++i)
      daemon_ms.push_back(daemon.request());
  }
  std::printf("{\"requests\":%zu", daemon_ms.size());
  for (const auto& [name, share] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
    const double at_runner = quantile(direct_ms, share);
    const double at_daemon = quantile(daemon_ms, share);
    std::printf(",\"%s\":{\"runner_ms\":%.3f,\"daemon_ms\":%.3f,\"added_ms\":%.3f}", name,
                at_runner, at_daemon, at_daemon - at_runner);
  }
  std::printf("}\n");
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) {
  int requests = hearth::bench::kDefaultRequests;
  if (argc == 3 && std::string_view(argv[1]) == "--requests") requests = std::atoi(argv[2]);
  if (requests < 1 || (argc != 1 && argc != 3)) {
    std::fprintf(stderr, "usage: bench-overhead [--requests N]\n");
    return 2;
  }
  hearth::bench::measure(requests);
  return 0;
}
