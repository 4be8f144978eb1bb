// hearth-runner: one model on llama.cpp. It gives up its rights before it reads a byte that
// anyone else wrote, and then serves the daemon at the other end of its socket. Or it trains a
// model, or reads templates.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "dialogue/template_command.h"
#include "engine/session.h"
#include "process/memory.h"
#include "process/sandbox.h"
#include "train/quantise_command.h"
#include "train/seed_job.h"
#include "train/train_command.h"
#include "wire/messages.h"

#ifdef HEARTH_SANITIZER_ADDRESS
// AddressSanitizer's search for leaks at the end traces this process, which the sandbox forbids.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif

namespace {

constexpr const char* kUsage =
    "hearth-runner is started by hearth, one for each loaded model.\n"
    "  --socket FD            the descriptor of the socket to the daemon\n"
    "  --cache-folder DIR     the only folder it may write\n"
    "  --model-part FILE      a file of a divided model, each once and in their order\n"
    "  --log-level LEVEL      debug, info, warning, error, off\n"
    "  --version              its version and that of its protocol\n"
    "Started by hand, it also reads templates and makes models:\n"
    "  --check-template FILE  what is wrong with a chat template, and where; or with several\n"
    "  --seed-model JOB       a vocabulary and random weights, as a JSON file says\n"
    "  --train JOB            teaches a model conversations, as a JSON file says\n"
    "  --quantize TYPE OUT THREADS FILE…\n"
    "                         writes a model with other weights, by the number of their type\n";

struct Arguments {
  int socket = -1;
  std::string cache_folder;
  std::vector<std::string> model_parts;
  hearth::log::Level level = hearth::log::Level::kWarning;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char* value = argv[i + 1];
    if (std::strcmp(argv[i], "--socket") == 0) {
      std::from_chars(value, value + std::strlen(value), arguments.socket);
    } else if (std::strcmp(argv[i], "--cache-folder") == 0) {
      arguments.cache_folder = value;
    } else if (std::strcmp(argv[i], "--model-part") == 0) {
      arguments.model_parts.emplace_back(value);
    } else if (std::strcmp(argv[i], "--log-level") == 0) {
      arguments.level = hearth::log::level_named(value);
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && arguments.socket >= 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("hearth-runner %s, protocol %u\n", HEARTH_VERSION, hearth::wire::kProtocolVersion);
    return 0;
  }
  if (argc == 3 && std::strcmp(argv[1], "--seed-model") == 0) {
    return hearth::train::seed_model_command(argv[2]);
  }
  if (argc >= 3 && std::strcmp(argv[1], "--check-template") == 0) {
    return hearth::dialogue::check_templates_command({argv + 2, argv + argc});
  }
  ::setenv("GGML_NO_BACKTRACE", "1", 1);  // a crash must not start a debugger
  if (argc == 3 && std::strcmp(argv[1], "--train") == 0) {
    hearth::log::configure(hearth::log::Level::kWarning, hearth::log::Format::kBare);
    return hearth::train::run_training(argv[2]);
  }
  if (argc >= 2 && std::strcmp(argv[1], "--quantize") == 0) {
    const int status = hearth::train::quantise_command({argv + 2, argv + argc});
    if (status == 2) std::fputs(kUsage, stderr);
    return status;
  }
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  hearth::process::return_large_memory();
  hearth::log::configure(arguments.level, hearth::log::Format::kBare);

  hearth::engine::SessionOptions options;
  options.memory_file = hearth::Fd(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  hearth::process::SandboxPolicy policy;
  policy.read_paths = arguments.model_parts;
  if (!arguments.cache_folder.empty()) policy.write_paths.push_back(arguments.cache_folder);
  const auto sandbox = hearth::process::Sandbox::prepare(policy);
  const hearth::Result<void> entered = sandbox ? sandbox->enter() : hearth::fail(sandbox.error());
  if (!entered) {
    hearth::log::error("cannot give up rights", {{"error", entered.error().to_string()}});
    return 1;
  }
  options.sandbox = sandbox->description();
  options.cache_folder = arguments.cache_folder;
  options.model_parts = arguments.model_parts;
  return hearth::engine::serve(hearth::Fd(arguments.socket), std::move(options));
}
