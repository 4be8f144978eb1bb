// The folders that runners may write, one for each model file and way to load it: a hostile model
// can spoil nobody's but its own. They hold only what can be made again, and those of models that
// have not been loaded for longest go first when they are too many.
//
// A file is known by its number, size and time, which its content cannot choose.
//
// Errors:  a folder that cannot be made is none; a runner then keeps nothing on disk.
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/model_file.h"

namespace hearth::fleet {

// What a file is known by: for names, so of few letters.
std::string file_key(const store::ModelFile& model);

// The name of the folder for a file that is loaded in this way (LoadPlan::variant).
std::string cache_name(const store::ModelFile& model, std::string_view variant);

// The folder of this name in `root`, made for this user alone if it is missing and now the one
// used last; empty when that is impossible.
std::string ensure_cache_folder(const std::string& root, const std::string& name);

// Removes the folders used longest ago until those left have at most `bytes_max`; `used` stay.
void prune_cache_folders(const std::string& root, const std::vector<std::string>& used,
                         std::uint64_t bytes_max);

}  // namespace hearth::fleet
