// Files below a folder, reached name by name from its descriptor without following a link: neither
// links nor ".." lead out of it, whatever else changes the folder meanwhile.
//
// REQUIRES: names as names_of_path() gives them.
// Threads:  pure system calls.
// Errors:   those of errno, in words; kPermissionDenied for a link on the way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::tool::held {

// To go on from; it cannot be read.
Result<Fd> open_folder(const std::string& path);

enum class Kind : std::uint8_t { kNothing, kFile, kFolder, kOther };
Kind kind_beneath(int folder, const std::vector<std::string>& names);

// Where something stands: the folder, and its name in there; of the folder itself it is ".".
struct Place {
  Fd folder;
  std::string name;
};
// kMake: folders on the way that are not there are made.
enum class Folders : std::uint8_t { kMustBe, kMake };
Result<Place> find_place(int folder, const std::vector<std::string>& names, Folders folders);

// A plain file, to be read; never waits for one that is none.
Result<Fd> open_file(const Place& place);
// A folder, to be listed.
Result<Fd> open_listing(const Place& place);

}  // namespace hearth::tool::held
