// Has a model of random weights answer with documents of schemas, for an independent validator:
//
//   answer-schemas MODEL COUNT SEED FILE…
//
// Prints what sample-schema prints (tests/schemas). What does not end within its tokens gets more,
// once: then it is the constraint's fault.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "places.h"
#include "runner_client.h"

namespace hearth::testing {
namespace {

constexpr std::uint32_t kTokens = 100;
constexpr std::uint32_t kMoreTokens = 1000;
constexpr long kAtOnce = 8;

std::string read(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Writer {
 public:
  explicit Writer(const std::string& model) {
    wire::Load load;
    load.threads = 1;  // two would wait for each other where others work, too
    load.prefix_memory_bytes = 0;
    const auto loaded = runner_.load(model_path(model), load);
    if (!loaded) std::cerr << loaded.error().to_string() << '\n';
  }

  void write(const std::string& schema, long count, std::uint64_t seed) {
    for (long done = 0; done < count; done += kAtOnce) {
      const auto some = static_cast<std::uint32_t>(std::min(kAtOnce, count - done));
      for (std::uint32_t i = 0; i < some; ++i)
        runner_.generate(i + 1,
                         request(schema, seed + static_cast<std::uint64_t>(done) + i, kTokens));
      for (std::uint32_t i = 0; i < some; ++i)
        print(runner_.finish(i + 1), schema, seed + static_cast<std::uint64_t>(done) + i);
    }
  }

 private:
  static chat::Request request(const std::string& schema, std::uint64_t seed,
                               std::uint32_t tokens) {
    chat::Request request = make_request("Write.", tokens);
    request.sampling.temperature = 1;
    request.sampling.top_k = 0;
    request.sampling.seed = seed;
    request.constraint = {chat::Constraint::Kind::kSchema, schema};
    return request;
  }

  void print(Answer answer, const std::string& schema, std::uint64_t seed) {
    if (answer.finished == chat::Finished::Reason::kLength) {
      runner_.generate(100, request(schema, seed, kMoreTokens));
      answer = runner_.finish(100);
    }
    if (answer.failed) {
      std::cout << "! " << answer.failed->message << '\n';
    } else if (answer.finished == chat::Finished::Reason::kStop) {
      std::cout << answer.text << '\n';
    } else {
      std::cout << "! did not end: " << answer.text << '\n';
    }
  }

  RunnerClient runner_{runner_path()};
};

}  // namespace
}  // namespace hearth::testing

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: answer-schemas MODEL COUNT SEED FILE…\n";
    return 2;
  }
  hearth::testing::Writer writer(argv[1]);
  for (int i = 4; i < argc; ++i) {
    std::cout << "# " << argv[i] << '\n';
    writer.write(hearth::testing::read(argv[i]), std::strtol(argv[2], nullptr, 10),
                 std::strtoul(argv[3], nullptr, 10));
  }
  return 0;
}
