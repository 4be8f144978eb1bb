// How fast a body is fetched by CurlWeb against the `curl` command, from the same server on this
// machine in the same run: one fetch, and four ranges beside each other, in turn, as medians
// of the ratios of wall time and of time on a CPU. What is fetched is thrown away.
//
//   bench-web [--rounds N] [--mib N]      writes one JSON object to stdout
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/testing/scripted_peer.h"
#include "net/web/curl_web.h"

namespace hearth::bench {
namespace {

using net::testing::PeerConnection;
using net::testing::ScriptedPeer;
using Clock = std::chrono::steady_clock;

constexpr int kDefaultRounds = 7;
constexpr std::uint64_t kDefaultMib = 1024;
constexpr std::uint64_t kRanges = 4;
constexpr std::size_t kPieceBytes = 256 * 1024;

struct Cost {
  double wall_s = 0;
  double cpu_s = 0;
};

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[numbers.size() / 2];
}

// "Range: bytes=3-7" of a head; all of it where there is none.
net::ByteRange range_of(const std::string& head, std::uint64_t size) {
  net::ByteRange range{0, size - 1};
  constexpr std::string_view kMark = "Range: bytes=";
  const std::size_t at = head.find(kMark);
  if (at == std::string::npos) return range;
  const char* const end = head.data() + head.size();
  const auto first = std::from_chars(head.data() + at + kMark.size(), end, range.first);
  std::from_chars(first.ptr + 1, end, range.last);
  return range;
}

void serve(PeerConnection& connection, std::uint64_t size) {
  const std::string piece(kPieceBytes, 'x');
  for (std::string head; !(head = connection.read_head()).empty();) {
    const net::ByteRange range = range_of(head, size);
    std::uint64_t left = range.last - range.first + 1;
    const char* status = left == size ? "200 OK" : "206 Partial Content";
    if (!connection.send(fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n", status, left)))
      return;
    while (left > 0) {
      const std::size_t now = std::min<std::uint64_t>(left, piece.size());
      if (!connection.send(std::string_view(piece).substr(0, now))) return;
      left -= now;
    }
  }
}

// The server, in a process of its own so that its time is nobody's here.
class ServerProcess {
 public:
  explicit ServerProcess(std::uint64_t size) {
    int ends[2];
    HEARTH_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      ScriptedPeer peer([size](PeerConnection& connection) { serve(connection, size); });
      const std::uint16_t port = peer.port();
      HEARTH_ASSERT(::write(ends[1], &port, sizeof port) == sizeof port);
      char none = 0;
      static_cast<void>(::read(ends[1], &none, 1));  // until the bench is gone
      ::_exit(0);
    }
    ::close(ends[1]);
    bench_end_.reset(ends[0]);
    HEARTH_ASSERT(::read(ends[0], &port_, sizeof port_) == sizeof port_);
  }
  ~ServerProcess() {
    bench_end_.reset();
    ::waitpid(child_, nullptr, 0);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }

 private:
  pid_t child_ = -1;
  Fd bench_end_;
  std::uint16_t port_ = 0;
};

class DiscardingSink : public net::WebSink {
 public:
  Result<void> begin(const net::WebHead&) override { return {}; }
  Result<void> take(std::string_view bytes) override {
    bytes_ += bytes.size();
    return {};
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

template <typename Work>
Cost cost_of(int who, Work&& work) {
  const auto cpu_s = [who] {
    rusage used{};
    ::getrusage(who, &used);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
  };
  const double cpu_before = cpu_s();
  const auto began = Clock::now();
  work();
  Cost cost;
  cost.wall_s = std::chrono::duration<double>(Clock::now() - began).count();
  cost.cpu_s = cpu_s() - cpu_before;
  return cost;
}

std::vector<net::ByteRange> ranges_of(std::uint64_t size, std::uint64_t count) {
  std::vector<net::ByteRange> ranges;
  for (std::uint64_t i = 0; i < count; ++i)
    ranges.push_back({size / count * i, i + 1 == count ? size - 1 : size / count * (i + 1) - 1});
  return ranges;
}

void fetch_by_hearth(net::CurlWeb& web, const std::string& url,
                     const std::vector<net::ByteRange>& ranges) {
  std::vector<std::thread> threads;
  for (const net::ByteRange& range : ranges) {
    threads.emplace_back([&web, &url, range] {
      net::WebRequest request;
      request.url = url;
      request.range = range;
      DiscardingSink sink;
      const auto fetched = web.fetch(request, sink, {});
      HEARTH_ASSERT(fetched && sink.bytes() == range.last - range.first + 1);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
}

void fetch_by_curl(const std::string& url, const std::vector<net::ByteRange>& ranges) {
  std::string command;
  for (const net::ByteRange& range : ranges)
    command += fmt::format("curl -q -sf -o /dev/null -r {}-{} {} & ", range.first, range.last, url);
  command += "wait";
  HEARTH_ASSERT(std::system(command.c_str()) == 0);
}

void measure(std::uint64_t size, std::uint64_t count, int rounds, const ServerProcess& server) {
  net::WebOptions options;
  options.user_agent = "hearth/bench";
  net::CurlWeb web(options);
  const auto ranges = ranges_of(size, count);
  std::vector<double> ours_mib_s, curls_mib_s, wall_ratios, cpu_ratios;
  const double mib = static_cast<double>(size) / (1024 * 1024);
  for (int round = 0; round < rounds; ++round) {
    const Cost ours = cost_of(RUSAGE_SELF, [&] { fetch_by_hearth(web, server.url(), ranges); });
    const Cost curls = cost_of(RUSAGE_CHILDREN, [&] { fetch_by_curl(server.url(), ranges); });
    ours_mib_s.push_back(mib / ours.wall_s);
    curls_mib_s.push_back(mib / curls.wall_s);
    wall_ratios.push_back(curls.wall_s / ours.wall_s);
    cpu_ratios.push_back(curls.cpu_s / ours.cpu_s);
  }
  fmt::print(
      "{{\"fetches\": {}, \"ours_mib_s\": {:.0f}, \"curl_mib_s\": {:.0f}, "
      "\"speed_ratio\": {:.2f}, \"cpu_saving_ratio\": {:.2f}}}",
      count, median(ours_mib_s), median(curls_mib_s), median(wall_ratios), median(cpu_ratios));
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) {
  int rounds = hearth::bench::kDefaultRounds;
  std::uint64_t mib = hearth::bench::kDefaultMib;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--rounds") rounds = std::stoi(argv[i + 1]);
    if (std::string_view(argv[i]) == "--mib") mib = std::stoull(argv[i + 1]);
  }
  const std::uint64_t size = mib * 1024 * 1024;
  const hearth::bench::ServerProcess server(size);
  fmt::print("{{\"mib\": {}, \"results\": [\n ", mib);
  hearth::bench::measure(size, 1, rounds, server);
  fmt::print(",\n ");
  hearth::bench::measure(size, hearth::bench::kRanges, rounds, server);
  fmt::print("]}}\n");
  return 0;
}
