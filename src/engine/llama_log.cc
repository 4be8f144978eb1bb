#include "engine/llama_log.h"

#include <atomic>
#include <string_view>

#include <llama.h>

#include "base/log.h"
#include "base/mutex.h"

namespace hearth::engine {

namespace {

std::atomic<bool> g_aborting{false};

log::Level level_of(ggml_log_level level) {
  if (g_aborting.load(std::memory_order_relaxed)) return log::Level::kDebug;
  if (level == GGML_LOG_LEVEL_ERROR) return log::Level::kError;
  // Its warnings are about tokens and tensors that users can do nothing about.
  return log::Level::kDebug;
}

struct LastError {
  base::Mutex mutex;
  std::string line GUARDED_BY(mutex);
};
LastError& last_error() {
  static LastError last;
  return last;
}

void forward(ggml_log_level level, const char* text, void* /*user*/) {
  std::string_view line(text);
  while (line.ends_with('\n'))
    line.remove_suffix(1);
  if (line.empty() || line == ".") return;  // a dot is its progress bar
  if (level == GGML_LOG_LEVEL_ERROR) {
    LastError& last = last_error();
    const base::Lock lock(last.mutex);
    last.line = line;
  }
  log::write(level_of(level), line, {});
}

}  // namespace

void forward_llama_log() {
  llama_log_set(&forward, nullptr);
}

std::string last_llama_error() {
  LastError& last = last_error();
  const base::Lock lock(last.mutex);
  return last.line;
}

void expect_abort() {
  g_aborting = true;
}

void expect_no_abort() {
  g_aborting = false;
}

}  // namespace hearth::engine
