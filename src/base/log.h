// Structured log lines on standard error, as text for people or JSON for machines. It does not
// rotate or filter by room; log_tail.h has the last ones. No line has a prompt, answer or key in
// it.
//
//   log::info("runner started", {{"model", name}, {"pid", pid}});
//
// Threads: thread-safe; a line is one write(2). configure() is for start-up.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace hearth::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };
// kBare is "level message fields" without the time: for a child whose parent keeps the log.
enum class Format : std::uint8_t { kText, kJson, kBare };

std::string_view level_name(Level level);
// kInfo for a word that is no level.
Level level_named(std::string_view name);

void configure(Level level, Format format);
bool enabled(Level level);

struct Field {
  template <std::integral T>
  Field(std::string_view field_name, T number)
      : name(field_name), value(std::to_string(number)), quoted(false) {}
  Field(std::string_view field_name, bool flag)
      : name(field_name), value(flag ? "true" : "false"), quoted(false) {}
  Field(std::string_view field_name, double number);
  Field(std::string_view field_name, std::string_view text)
      : name(field_name), value(text), quoted(true) {}
  Field(std::string_view field_name, const std::string& text)
      : Field(field_name, std::string_view(text)) {}
  Field(std::string_view field_name, const char* text)
      : Field(field_name, std::string_view(text)) {}

  std::string_view name;
  std::string value;
  bool quoted;
};

using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view message, Fields fields);

inline void debug(std::string_view message, Fields fields = {}) {
  write(Level::kDebug, message, fields);
}
inline void info(std::string_view message, Fields fields = {}) {
  write(Level::kInfo, message, fields);
}
inline void warning(std::string_view message, Fields fields = {}) {
  write(Level::kWarning, message, fields);
}
inline void error(std::string_view message, Fields fields = {}) {
  write(Level::kError, message, fields);
}

// "2026-11-22T18:30:00.123Z".
std::string utc_time(std::int64_t wall_ms);

// One line without its newline; what write() prints. Pure, for tests.
std::string format_line(Format format, Level level, std::int64_t wall_ms, std::string_view message,
                        Fields fields);

}  // namespace hearth::log
