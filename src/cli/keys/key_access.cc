#include "cli/keys/key_access.h"

#include <cerrno>

#include <sys/stat.h>

#include "base/log.h"
#include "config/database_place.h"

namespace hearth::cli {

Result<OpenKeys> open_keys(const std::string& place) {
  // What a command has to say it says itself.
  log::configure(log::Level::kWarning, log::Format::kText);
  auto database = HEARTH_TRY(db::open_database(place));
  auto store = HEARTH_TRY(access::KeyStore::open(*database));
  return OpenKeys{std::move(database), std::move(store)};
}

Result<std::string> key_place(const Context& context) {
  const config::Home home = HEARTH_TRY(context.home());
  HEARTH_TRY(home.check_unshared());
  return config::database_place(home, HEARTH_TRY(context.settings()));
}

Result<std::optional<OpenKeys>> find_keys(const Context& context) {
  const std::string place = HEARTH_TRY(key_place(context));
  struct stat facts{};
  const bool absent = place.starts_with('/') && ::stat(place.c_str(), &facts) != 0;
  if (absent && errno == ENOENT) return std::optional<OpenKeys>();
  return std::optional(HEARTH_TRY(open_keys(place)));
}

}  // namespace hearth::cli
