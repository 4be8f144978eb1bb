#include "train/train_command.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include <unistd.h>

#include "base/fd.h"
#include "base/units.h"
#include "engine/llama_log.h"
#include "process/sandbox.h"
#include "train/trainer.h"

namespace hearth::train {

namespace {

constexpr std::size_t kJobBytesMax = base::kMiB;
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kPartial = 3;

std::atomic<bool> stop_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_to_stop(int /*signal*/) {
  stop_asked = true;
}

void stop_at_signals() {
  struct ::sigaction action{};
  action.sa_handler = &ask_to_stop;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

Result<Job> load_job(const std::string& path) {
  return read_job(HEARTH_TRY(base::load_text_file(path, kJobBytesMax)));
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// The model and the conversations are anybody's, the job is not: what it names is all that is
// left to read and to write. What is absent is the trainer's to miss.
Result<void> give_up_rights(const Job& job) {
  std::error_code error;
  std::filesystem::create_directories(job.work, error);
  if (error) {
    return fail(Code::kUnavailable,
                "cannot make the folder '" + job.work + "': " + error.message());
  }
  process::SandboxPolicy policy;
  policy.write_paths = {job.work, folder_of(job.out)};
  for (const auto* paths : {&job.data, &job.validation}) {
    for (const std::string& path : *paths)
      policy.read_paths.push_back(path);
  }
  policy.read_paths.push_back(job.model);
  std::erase_if(policy.read_paths,
                [](const std::string& path) { return ::access(path.c_str(), R_OK) != 0; });
  const auto sandbox = HEARTH_TRY(process::Sandbox::prepare(policy));
  return sandbox.enter();
}

Result<Ending> train(const Job& job, const Report& report) {
  HEARTH_TRY(give_up_rights(job));
  const auto trainer = HEARTH_TRY(Trainer::create(job, report, stop_asked));
  return trainer->run();
}

}  // namespace

int run_training(const std::string& job_path) {
  Report report(stdout);
  engine::forward_llama_log();
  const auto job = load_job(job_path);
  if (!job) {
    report.failed(job.error());
    return kUsage;
  }
  stop_at_signals();
  const auto ending = train(*job, report);
  if (!ending) {
    report.failed(ending.error());
    return ending.error().code == Code::kCancelled ? kPartial : kFailed;
  }
  return *ending == Ending::kFinished ? kDone : kPartial;
}

}  // namespace hearth::train
