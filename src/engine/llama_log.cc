#include "engine/llama_log.h"

#include <atomic>
#include <string_view>

#include <llama.h>

#include "base/log.h"

namespace hearth::engine {

namespace {

std::atomic<bool> g_aborting{false};

log::Level level_of(ggml_log_level level) {
  if (g_aborting.load(std::memory_order_relaxed)) return log::Level::kDebug;
  if (level == GGML_LOG_LEVEL_ERROR) return log::Level::kError;
  // Its warnings are about tokens and tensors that users can do nothing about.
  return log::Level::kDebug;
}

void forward(ggml_log_level level, const char* text, void* /*user*/) {
  std::string_view line(text);
  while (line.ends_with('\n'))
    line.remove_suffix(1);
  if (line.empty() || line == ".") return;  // a dot is its progress bar
  log::write(level_of(level), line, {});
}

}  // namespace

void forward_llama_log() {
  llama_log_set(&forward, nullptr);
}

void expect_abort() {
  g_aborting = true;
}

void expect_no_abort() {
  g_aborting = false;
}

}  // namespace hearth::engine
