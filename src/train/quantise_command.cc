#include "train/quantise_command.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <optional>

#include <llama.h>

#include "base/number_text.h"
#include "base/result.h"
#include "json/writer.h"
#include "process/sandbox.h"

namespace hearth::train {

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr std::int32_t kThreadsMax = 1024;
constexpr std::int64_t kTensorsMost = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kAgain = "--again";

struct Job {
  llama_ftype type = LLAMA_FTYPE_ALL_F32;
  bool again = false;
  std::string out;
  std::int32_t threads = 1;
  std::vector<std::string> files;
};

void say(const std::string& line) {
  (void)std::fputs((line + "\n").c_str(), stdout);
  (void)std::fflush(stdout);
}

// What llama.cpp logs while it works is how far it is, and why it stops.
struct Progress {
  std::string error;

  static void take(ggml_log_level level, const char* text, void* self) {
    static_cast<Progress*>(self)->take(level, std::string_view(text));
  }

 private:
  void take(ggml_log_level level, std::string_view text) {
    while (text.ends_with('\n'))
      text.remove_suffix(1);
    if (level == GGML_LOG_LEVEL_ERROR && !text.empty()) error = text;
    tell(text);
  }

  // "[  12/ 290] blk.0…"
  static void tell(std::string_view text) {
    const std::size_t end = text.find(']');
    const std::size_t slash = text.find('/');
    if (!text.starts_with('[') || end == std::string_view::npos || slash > end) return;
    const auto number = number_in(text.substr(1, slash - 1));
    const auto of = number_in(text.substr(slash + 1, end - slash - 1));
    if (!number || !of) return;
    json::Writer json;
    json.open('{').key("event").text("tensor").key("number").number(*number);
    say(json.key("of").number(*of).close('}').take());
  }

  static std::optional<std::int64_t> number_in(std::string_view text) {
    while (text.starts_with(' '))
      text.remove_prefix(1);
    return base::number_in<std::int64_t>(text, 0, kTensorsMost);
  }
};

std::optional<Job> read(std::vector<std::string> words) {
  Job job;
  job.again = std::erase(words, kAgain) > 0;
  if (words.size() < 4) return std::nullopt;
  const auto type = base::number_in<std::int32_t>(words[0], 0, LLAMA_FTYPE_GUESSED - 1);
  const auto threads = base::number_in<std::int32_t>(words[2], 0, kThreadsMax);
  if (!type || !threads) return std::nullopt;
  job.type = static_cast<llama_ftype>(*type);
  job.out = words[1];
  job.threads = *threads;
  job.files.assign(words.begin() + 3, words.end());
  return job;
}

Result<void> give_up_rights(const Job& job) {
  process::SandboxPolicy policy;
  policy.read_paths = job.files;
  policy.write_paths = {std::filesystem::path(job.out).parent_path().string()};
  const auto sandbox = HEARTH_TRY(process::Sandbox::prepare(policy));
  return sandbox.enter();
}

Result<std::uint64_t> quantise(const Job& job) {
  HEARTH_TRY(give_up_rights(job));
  Progress progress;
  llama_log_set(&Progress::take, &progress);
  llama_backend_init();
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = job.type;
  params.nthread = job.threads;
  params.allow_requantize = job.again;
  try {
    const auto status = llama_model_quantize(job.files.front().c_str(), job.out.c_str(), &params);
    llama_log_set(nullptr, nullptr);
    if (status != 0) return fail(Code::kInvalidArgument, progress.error);
  } catch (const std::exception& e) {
    return fail(Code::kCorrupt, e.what());
  }
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(job.out, error);
  if (error) return fail(Code::kUnavailable, "nothing was written: " + error.message());
  return bytes;
}

}  // namespace

int quantise_command(const std::vector<std::string>& arguments) {
  const auto job = read(arguments);
  if (!job) return kUsage;
  const auto bytes = quantise(*job);
  json::Writer json;
  json.open('{').key("event");
  if (bytes) {
    json.text("finished").key("bytes").number(*bytes);
  } else {
    json.text("failed").key("error").text(bytes.error().message);
  }
  say(json.close('}').take());
  return bytes ? kDone : kFailed;
}

}  // namespace hearth::train
