#include "base/log.h"

#include <atomic>
#include <ctime>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_tail.h"
#include "base/utf8.h"

namespace hearth::log {

namespace {

std::atomic<Level> g_level{Level::kInfo};
std::atomic<Format> g_format{Format::kText};

// Quotes, backslashes and control characters are escaped in both formats, so that a hostile
// value can neither break a JSON line nor forge a second text line.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : base::repair_utf8(text)) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_value(std::string& out, const Field& field) {
  if (field.quoted) {
    append_quoted(out, field.value);
  } else {
    out += field.value;
  }
}

}  // namespace

std::string utc_time(std::int64_t wall_ms) {
  const std::time_t seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     wall_ms % 1000);
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
    case Level::kOff:
      break;
  }
  return "off";
}

Level level_named(std::string_view name) {
  for (const Level level : {Level::kDebug, Level::kWarning, Level::kError, Level::kOff}) {
    if (name == level_name(level)) return level;
  }
  return Level::kInfo;
}

Field::Field(std::string_view field_name, double number)
    : name(field_name), value(fmt::format("{:.3f}", number)), quoted(false) {}

void configure(Level level, Format format) {
  g_level = level;
  g_format = format;
}

bool enabled(Level level) {
  return level >= g_level.load(std::memory_order_relaxed);
}

std::string format_line(Format format, Level level, std::int64_t wall_ms, std::string_view message,
                        Fields fields) {
  std::string line;
  if (format == Format::kJson) {
    line = fmt::format(R"({{"time":"{}","level":"{}","message":)", utc_time(wall_ms),
                       level_name(level));
    append_quoted(line, message);
    for (const Field& field : fields) {
      line += fmt::format(",\"{}\":", field.name);
      append_value(line, field);
    }
    line += '}';
    return line;
  }
  if (format == Format::kBare) {
    line = fmt::format("{} {}", level_name(level), message);
  } else {
    line = fmt::format("{} {:<7} {}", utc_time(wall_ms), level_name(level), message);
  }
  for (const Field& field : fields) {
    line += fmt::format(" {}=", field.name);
    append_value(line, field);
  }
  return line;
}

void write(Level level, std::string_view message, Fields fields) {
  if (!enabled(level)) return;
  const std::int64_t wall_ms = base::system_clock().wall_ms();
  std::string line = format_line(g_format, level, wall_ms, message, fields);
  tail().add(level, wall_ms, line);
  line += '\n';
  // A log that cannot be written must not stop the work it tells of.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace hearth::log
