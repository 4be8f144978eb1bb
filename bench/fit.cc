// How near the estimate of a model's memory comes to what its runner really holds, once a prompt
// has filled its context. One row for each model and context, as docs/figures.md has them.
//
//   bench-fit MODEL.gguf:CONTEXT…
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "memory_probe.h"

namespace hearth::bench {
namespace {

double mib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

struct Order {
  std::string path;
  std::uint32_t context = 0;
};

std::optional<Order> order_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Order order{std::string(text.substr(0, colon))};
  const auto read =
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), order.context);
  return read.ec == std::errc() && order.context > 0 ? std::optional(order) : std::nullopt;
}

int measure(const Order& order) {
  const auto held = testing::probe_memory(order.path, order.context);
  if (!held) {
    std::fprintf(stderr, "%s: %s\n", order.path.c_str(), held.error().to_string().c_str());
    return 1;
  }
  const std::string name = order.path.substr(order.path.rfind('/') + 1);
  const gguf::MemoryEstimate& estimate = held->estimate;
  std::printf("| %s | %u | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %+.1f %% |\n", name.c_str(),
              held->context, mib(estimate.weight_bytes), mib(estimate.kv_bytes),
              mib(estimate.compute_bytes), mib(estimate.program_bytes), mib(estimate.total_bytes()),
              mib(held->used_bytes), 100 * held->error());
  std::fflush(stdout);
  return 0;
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) {
  std::printf("| model | context | weights | KV | compute | program | estimate | held | error |\n");
  std::printf("|---|---|---|---|---|---|---|---|---|\n");
  int failed = argc < 2 ? 2 : 0;
  for (int i = 1; i < argc; ++i) {
    const auto order = hearth::bench::order_of(argv[i]);
    failed |= order ? hearth::bench::measure(*order) : 2;
  }
  return failed;
}
