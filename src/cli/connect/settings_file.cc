#include "cli/connect/settings_file.h"

#include <filesystem>
#include <optional>

#include <sys/stat.h>

#include "base/fd.h"
#include "base/replacement.h"
#include "base/units.h"

namespace hearth::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = base::kMiB;
constexpr unsigned kNewMode = 0600;
constexpr const char* kBackupEnding = ".before-hearth";

// Nothing where there is no file.
Result<std::optional<std::string>> find_text(const std::string& path) {
  auto text = base::load_text_file(path, kBytesMax);
  if (text) return std::optional(*std::move(text));
  if (text.error().code == Code::kNotFound) return std::optional<std::string>();
  return fail(std::move(text).error());
}

// What an earlier change kept is never written over: it may be the user's own.
std::string free_backup(const std::string& place) {
  std::string name = place + kBackupEnding;
  for (int i = 2; fs::exists(name); ++i)
    name = place + kBackupEnding + "." + std::to_string(i);
  return name;
}

unsigned mode_of(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777U : kNewMode;
}

}  // namespace

Result<Change> change_file(const std::string& path, const Merge& merge) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  const std::string place = error ? path : real.string();
  const auto before = HEARTH_TRY(find_text(place));
  auto after = merge(before.value_or(""));
  if (!after) {
    return fail(after.error().code, path + " is left alone: " + after.error().message +
                                        "; without --apply the settings are printed");
  }
  if (before && *before == *after) return Change{};
  fs::create_directories(fs::path(place).parent_path(), error);
  Change change{.changed = true, .backup = {}};
  const unsigned mode = before ? mode_of(place) : kNewMode;
  if (before) {
    change.backup = free_backup(place);
    HEARTH_TRY(base::replace_file(change.backup, *before, mode));
  }
  HEARTH_TRY(base::replace_file(place, *after, mode));
  return change;
}

}  // namespace hearth::cli
