// What two busy models cost each other on the same cores: one runner that writes without end,
// alone, and two at once; with the lease of cores, and without it. In turn, several times, as
// medians.
//
//   bench-lease MODEL.gguf [--seconds N] [--rounds N] [--threads N]    (cmake -DHEARTH_BENCH=ON)
//
// Prints a table and one JSON object. Nothing else should run meanwhile.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "config/runners.h"
#include "fleet/fleet.h"

namespace hearth::bench {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::uint32_t kNoLease = 1024;  // cores: everybody has some at once
constexpr std::uint32_t kTokensMost = 1'000'000;
constexpr std::uint64_t kWarmUpTokens = 8;

struct Options {
  std::string model;
  int seconds = 10;
  int rounds = 3;
  std::uint32_t threads = 0;
};

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The same file under two names, so that it has two runners.
class Names {
 public:
  explicit Names(const std::string& model) {
    if (::mkdtemp(folder_.data()) == nullptr) give_up("no folder to work in");
    for (const char* name : {"a", "b"})
      fs::create_symlink(fs::absolute(model), path_of(name));
  }
  ~Names() {
    std::error_code error;
    fs::remove_all(folder_, error);
  }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  std::string path_of(const std::string& name) const { return folder_ + "/" + name + ".gguf"; }

 private:
  std::string folder_ = "/tmp/hearth-bench-XXXXXX";
};

// An answer without end.
class Writer {
 public:
  explicit Writer(std::unique_ptr<chat::EventStream> stream) : stream_(std::move(stream)) {
    listen();
  }
  std::uint64_t tokens() const { return tokens_; }
  double longest_gap_ms() const { return longest_gap_ms_; }
  void begin() {
    tokens_ = 0;
    longest_gap_ms_ = 0;
    last_ = Clock::now();
  }

 private:
  void listen() {
    stream_->next([this](const chat::Event& event) {
      if (const auto* failed = std::get_if<chat::Failed>(&event)) {
        give_up("no answer: " + failed->error.to_string());
      }
      if (chat::ends_stream(event)) give_up("the answer ended; take fewer --seconds");
      if (const auto* text = std::get_if<chat::TextDelta>(&event)) note(text->tokens);
      listen();
    });
  }
  void note(std::uint32_t tokens) {
    const auto now = Clock::now();
    tokens_ += tokens;
    longest_gap_ms_ =
        std::max(longest_gap_ms_, std::chrono::duration<double, std::milli>(now - last_).count());
    last_ = now;
  }

  std::uint64_t tokens_ = 0;
  double longest_gap_ms_ = 0;
  Clock::time_point last_ = Clock::now();
  std::unique_ptr<chat::EventStream> stream_;
};

struct Measure {
  double rate = 0;         // tokens per second, of all together
  double least_share = 1;  // of the tokens, of the one that wrote less
  double longest_gap_ms = 0;
};

class Bench {
 public:
  Bench(const Options& options, const Names& names, std::uint32_t leased_cores)
      : options_(options), names_(names), fleet_(loop_, registry_, fleet_options(leased_cores)) {}
  ~Bench() {
    bool down = false;
    fleet_.shut_down([&] { down = true; });
    while (!down)
      loop_.run_one();
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Measure measure(const std::vector<std::string>& models) {
    std::vector<std::unique_ptr<Writer>> writers;
    for (const std::string& model : models)
      writers.push_back(std::make_unique<Writer>(begin(model)));
    for (const auto& writer : writers) {
      while (writer->tokens() < kWarmUpTokens)
        loop_.run_one();
    }
    for (const auto& writer : writers)
      writer->begin();
    const auto begin = Clock::now();
    loop_.run_for(std::chrono::seconds(options_.seconds));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    Measure result;
    std::uint64_t all = 0;
    for (const auto& writer : writers)
      all += writer->tokens();
    for (const auto& writer : writers) {
      const double share = static_cast<double>(writer->tokens()) / static_cast<double>(all);
      result.least_share = std::min(result.least_share, share);
      result.longest_gap_ms = std::max(result.longest_gap_ms, writer->longest_gap_ms());
    }
    result.rate = static_cast<double>(all) / seconds;
    return result;
  }

 private:
  fleet::Fleet::Options fleet_options(std::uint32_t leased_cores) const {
    fleet::Fleet::Options options{.runner_executable = HEARTH_BIN_FOLDER "/hearth-runner"};
    options.cores = config::read_cpu().physical_cores;
    options.lease.cores = leased_cores;
    options.load.threads = options_.threads;
    return options;
  }
  std::unique_ptr<chat::EventStream> begin(const std::string& name) {
    const std::string path = names_.path_of(name);
    auto file = base::open_for_reading(path);
    if (!file) give_up(file.error().to_string());
    chat::Request request;
    request.messages = {{chat::Role::kUser, "Tell me a long story."}};
    request.sampling.ignore_eos = true;
    request.overflow = chat::Overflow::kShift;
    request.max_tokens = kTokensMost;
    return fleet_.generate(store::same_as({name, path}, *file), request);
  }

  const Options& options_;
  const Names& names_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      loop_.get_executor()};
  metrics::Registry registry_;
  fleet::Fleet fleet_;
};

struct Series {
  const char* what;
  std::vector<double> rate;
  std::vector<double> ratio;
  std::vector<double> least_share;
  std::vector<double> gap_ms;
  void add(const Measure& measure, double alone) {
    rate.push_back(measure.rate);
    ratio.push_back(measure.rate / alone);
    least_share.push_back(measure.least_share);
    gap_ms.push_back(measure.longest_gap_ms);
  }
};

void print(const std::vector<Series>& all) {
  std::printf("| what | tokens/s | ratio to one alone | least share | longest gap, ms |\n");
  std::printf("|---|---|---|---|---|\n");
  for (const Series& one : all) {
    std::printf("| %s | %.1f | %.2f | %.2f | %.0f |\n", one.what, median(one.rate),
                median(one.ratio), median(one.least_share), median(one.gap_ms));
  }
  std::printf("{");
  for (const Series& one : all) {
    std::printf("%s\"%s\":{\"rate\":%.2f,\"ratio\":%.3f,\"least_share\":%.3f,\"gap_ms\":%.1f}",
                &one == &all.front() ? "" : ",", one.what, median(one.rate), median(one.ratio),
                median(one.least_share), median(one.gap_ms));
  }
  std::printf("}\n");
}

void run(const Options& options) {
  const Names names(options.model);
  Bench leased(options, names, 0);
  Bench unleased(options, names, kNoLease);
  Series free_alone{"one alone, without lease", {}, {}, {}, {}};
  Series alone{"one alone", {}, {}, {}, {}};
  Series both{"two at once", {}, {}, {}, {}};
  Series free_both{"two at once, without lease", {}, {}, {}, {}};
  for (int round = 0; round < options.rounds; ++round) {
    const Measure one = unleased.measure({"a"});
    free_alone.add(one, one.rate);
    alone.add(leased.measure({round % 2 == 0 ? "a" : "b"}), one.rate);
    both.add(leased.measure({"a", "b"}), one.rate);
    free_both.add(unleased.measure({"a", "b"}), one.rate);
  }
  print({free_alone, alone, both, free_both});
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const int value = i + 1 < argc ? std::atoi(argv[i + 1]) : 0;
    if (argument == "--seconds") {
      options.seconds = value;
    } else if (argument == "--rounds") {
      options.rounds = value;
    } else if (argument == "--threads") {
      options.threads = static_cast<std::uint32_t>(value);
    } else {
      options.model = argument;
      continue;
    }
    ++i;
  }
  return !options.model.empty() && options.seconds > 0 && options.rounds > 0;
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) {
  hearth::bench::Options options;
  if (!hearth::bench::parse(argc, argv, options)) {
    std::fputs("bench-lease MODEL.gguf [--seconds N] [--rounds N] [--threads N]\n", stderr);
    return 2;
  }
  hearth::bench::run(options);
  return 0;
}
