// Where the database of a home is: as the setting says, else a file in the home.
//
// Threads: pure.
#pragma once

#include <string>

#include "config/home.h"
#include "config/settings.h"

namespace hearth::config {

// An absolute path or the URL of a server, as db::open_database takes it.
inline std::string database_place(const Home& home, const Settings& settings) {
  const std::string& place = settings.text(Key::kServerDatabase);
  return place.empty() ? home.database_path() : place;
}

}  // namespace hearth::config
