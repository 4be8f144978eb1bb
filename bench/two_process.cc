// What the second process costs: the same model file through `hearth serve` and its runner, over
// HTTP with streaming, against llama.cpp called directly in this process; in turn, several times,
// as ratios of medians. Also how long the daemon takes to be ready and what it holds when idle.
//
//   bench-two-process MODEL.gguf [--pairs N] [--tokens N] [--json FILE]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "in_process.h"
#include "net/http_client.h"
#include "process/child.h"
#include "process/memory.h"

namespace hearth::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kContext = 4096;
const std::string kShortPrompt = "Tell me about the sea.";

struct Options {
  std::string model;
  int pairs = 7;
  std::uint32_t tokens = 96;
  std::string json;
};

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// A daemon in a home of its own, spoken to over its Unix socket.
class Daemon {
 public:
  Daemon() {
    char folder[] = "/tmp/hearth-bench-XXXXXX";
    home_ = ::mkdtemp(folder);
    int ends[2];
    if (::pipe(ends) != 0) std::exit(1);
    const Fd ready(ends[0]);
    Fd theirs(ends[1]);
    process::SpawnOptions options;
    options.program = HEARTH_BIN_FOLDER "/hearth";
    options.arguments = {"serve", "--private", "--ready-fd", "3", "--log-level", "error"};
    options.environment = {"HEARTH_HOME=" + home_, "PATH=/usr/bin"};
    options.descriptors = {{theirs.get(), 3}};
    const auto start = Clock::now();
    auto child = process::Child::spawn(options);
    if (!child) {
      std::fprintf(stderr, "%s\n", child.error().to_string().c_str());
      std::exit(1);
    }
    child_.emplace(std::move(*child));
    theirs.reset();
    char byte = 0;
    if (::read(ready.get(), &byte, 1) != 1) std::exit(1);
    ready_ms = ms_since(start);
    idle_bytes = process::resident_bytes(child_->pid());
  }
  ~Daemon() {
    child_.reset();
    [[maybe_unused]] const int removed = std::system(("rm -rf " + home_).c_str());
  }

  Timing generate(const std::string& model, const std::string& prompt, std::uint32_t tokens) {
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/chat/completions";
    call.headers = {{"Content-Type", "application/json"}};
    call.body = R"({"stream":true,"temperature":0,"ignore_eos":true,"max_tokens":)" +
                std::to_string(tokens) + R"(,"model":")" + model +
                R"(","messages":[{"role":"user","content":")" + prompt + R"("}]})";
    const auto client = net::HttpClient::over_unix(home_ + "/run/hearth.sock");
    Timing timing;
    const auto start = Clock::now();
    auto first = start;
    auto last = start;
    const auto reply = client.send(call, [&](std::string_view bytes) {
      if (bytes.find(R"("delta":{"content":")") != std::string_view::npos) {
        last = Clock::now();
        if (first == start) first = last;
      }
      return net::ChunkAction::kContinue;
    });
    if (!reply || reply->status != 200) {
      std::fprintf(stderr, "the daemon did not answer: %s\n",
                   reply ? reply->body.c_str() : reply.error().to_string().c_str());
      std::exit(1);
    }
    timing.first_token_ms = std::chrono::duration<double, std::milli>(first - start).count();
    timing.tokens_per_second = (tokens - 1) / std::chrono::duration<double>(last - first).count();
    return timing;
  }

  double ready_ms = 0;
  std::uint64_t idle_bytes = 0;

 private:
  std::string home_;
  std::optional<process::Child> child_;
};

struct Series {
  std::vector<double> first_ms;
  std::vector<double> rate;
  void add(const Timing& timing) {
    first_ms.push_back(timing.first_token_ms);
    rate.push_back(timing.tokens_per_second);
  }
};

struct Report {
  double direct_rate, daemon_rate, rate_ratio;
  double direct_first_ms, daemon_first_ms, added_first_ms;
  double ready_ms;
  double idle_mib;
};

Report measure(const Options& options) {
  InProcess direct(options.model, kContext, static_cast<int>(std::thread::hardware_concurrency()));
  const std::string prompt = direct.render(kShortPrompt);
  std::vector<double> ready;
  for (int i = 0; i < options.pairs; ++i)
    ready.push_back(Daemon().ready_ms);
  Daemon daemon;
  Series a;
  Series b;
  direct.generate(prompt, 8);
  daemon.generate(options.model, kShortPrompt, 8);
  const auto run_direct = [&] { a.add(direct.generate(prompt, options.tokens)); };
  const auto run_daemon = [&] {
    b.add(daemon.generate(options.model, kShortPrompt, options.tokens));
  };
  for (int pair = 0; pair < options.pairs; ++pair) {
    if (pair % 2 == 0) {
      run_direct();
      run_daemon();
    } else {
      run_daemon();
      run_direct();
    }
  }
  std::vector<double> ratios;
  std::vector<double> added;
  for (std::size_t i = 0; i < a.rate.size(); ++i) {
    ratios.push_back(b.rate[i] / a.rate[i]);
    added.push_back(b.first_ms[i] - a.first_ms[i]);
  }
  return {median(a.rate),     median(b.rate),
          median(ratios),     median(a.first_ms),
          median(b.first_ms), median(added),
          median(ready),      static_cast<double>(daemon.idle_bytes) / (1024 * 1024)};
}

void print(const Report& r) {
  std::printf("| what | llama.cpp directly | through both processes | |\n|---|---|---|---|\n");
  std::printf("| decode, tokens/s | %.1f | %.1f | ratio %.3f |\n", r.direct_rate, r.daemon_rate,
              r.rate_ratio);
  std::printf("| first token, ms | %.2f | %.2f | added %.2f ms |\n", r.direct_first_ms,
              r.daemon_first_ms, r.added_first_ms);
  std::printf("| daemon: start to ready, ms | | %.1f | |\n", r.ready_ms);
  std::printf("| daemon: resident when idle, MiB | | %.1f | |\n", r.idle_mib);
}

void write_json(const Report& r, const std::string& path) {
  std::ofstream(path) << "{\"decode_direct\":" << r.direct_rate
                      << ",\"decode_daemon\":" << r.daemon_rate
                      << ",\"decode_ratio\":" << r.rate_ratio
                      << ",\"first_token_direct_ms\":" << r.direct_first_ms
                      << ",\"first_token_daemon_ms\":" << r.daemon_first_ms
                      << ",\"first_token_added_ms\":" << r.added_first_ms
                      << ",\"ready_ms\":" << r.ready_ms << ",\"idle_mib\":" << r.idle_mib << "}\n";
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) {
  hearth::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--pairs" && has_value) {
      options.pairs = std::atoi(argv[++i]);
    } else if (argument == "--tokens" && has_value) {
      options.tokens = static_cast<std::uint32_t>(std::atoi(argv[++i]));
    } else if (argument == "--json" && has_value) {
      options.json = argv[++i];
    } else {
      options.model = argument;
    }
  }
  if (options.model.empty() || options.pairs < 1 || options.tokens < 2) {
    std::fputs("bench-two-process MODEL.gguf [--pairs N] [--tokens N] [--json FILE]\n", stderr);
    return 2;
  }
  const auto report = hearth::bench::measure(options);
  hearth::bench::print(report);
  if (!options.json.empty()) hearth::bench::write_json(report, options.json);
  return 0;
}
