// The settings of one run: what the file, the environment and the flags say, the later ones
// winning, and for each value where it came from. It does not watch the file and keeps no
// secrets; keys of providers live in the vault.
//
// Threads: immutable once loaded.
// Errors:  every problem at once, one per line, each with its origin and what to do.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/setting.h"

namespace hearth::config {

struct Origin {
  enum class Kind : std::uint8_t { kDefault, kFile, kEnvironment, kFlag };
  Kind kind = Kind::kDefault;
  std::string where;  // "config.yaml:3", "HEARTH_SERVER_PORT", "--port"
  // "default", "config.yaml:3", "environment HEARTH_SERVER_PORT", "flag --port".
  std::string to_string() const;
};

// One thing that somebody said: a key and a value, not yet checked.
struct Assignment {
  std::string key;
  std::string text;
  Origin origin;
};

class Settings {
 public:
  Settings();  // every default

  // In the order of the assignments; the last one for a key wins.
  static Result<Settings> resolve(const std::vector<Assignment>& assignments);

  // REQUIRES: the setting is no number and no size.
  const std::string& text(Key key) const;
  // REQUIRES: the setting is a number or a size.
  std::int64_t integer(Key key) const;
  // REQUIRES: the setting is a list of names.
  std::vector<std::string> names(Key key) const { return split_names(text(key)); }
  const Value& value(Key key) const { return entry(key).value; }
  const Origin& origin(Key key) const { return entry(key).origin; }

 private:
  struct Entry {
    Value value;
    Origin origin;
  };
  const Entry& entry(Key key) const { return entries_[static_cast<std::size_t>(key)]; }

  std::array<Entry, kKeyCount> entries_;
};

// What the file says; nothing when it does not exist.
Result<std::vector<Assignment>> read_file_settings(const std::string& path);
// What "NAME=VALUE" strings say. Names that are no setting are left alone: other parts of Hearth
// and its tests have variables of their own.
std::vector<Assignment> environment_settings(const std::vector<std::string>& environment);
// Names that look like a setting misspelt: "HEARTH_SERVER_PROT", and what they probably mean.
std::vector<std::string> suspicious_environment(const std::vector<std::string>& environment);
// The environment of this process.
std::vector<std::string> process_environment();

// The file, then the environment (of llamacpp_environment.h, then ours), then the flags.
Result<Settings> load_settings(const std::string& file_path,
                               const std::vector<std::string>& environment,
                               const std::vector<Assignment>& flags);

}  // namespace hearth::config
