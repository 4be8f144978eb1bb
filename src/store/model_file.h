// A model as it lies on a disk of this machine: its files, who holds them, and what was said of
// its use where it came from.
//
// Threads: values; a manifest that several share does not change.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "store/manifest/manifest.h"

struct stat;

namespace hearth::store {

// Whose folder a model's files lie in.
enum class Holder : std::uint8_t {
  kNobody,   // a file that was named by its path
  kFolder,   // a file that somebody put into the models folder
  kBuiltIn,  // ships with Hearth
  kStore,    // was pulled or made here: it has a manifest
  // Other programs, in whose folders it is found and used in place.
  kOllama,
  kLmStudio,
  kHubCache,  // the tools of Hugging Face
};

// Whether a model is used in place, in a folder of another program.
inline bool is_other_program(Holder holder) {
  return holder >= Holder::kOllama;
}

struct ModelFile {
  // What people call it: the short name it was pulled by, the file's name without ".gguf", or the
  // path.
  std::string name;
  std::string path;               // without links, so that one file has one path; of the first part
  std::uint64_t size_bytes = 0;   // of all parts
  std::int64_t modified_ms = 0;   // wall time
  std::uint64_t file_number = 0;  // the inode: a file that took its place has another
  // What the file has to be, in hexadecimal digits; empty: whatever it is.
  std::string sha256;
  std::vector<std::string> more_parts = {};  // of a divided model, in their order
  std::vector<std::string> projectors = {};
  std::vector<std::string> adapters = {};
  Holder holder = Holder::kNobody;
  std::shared_ptr<const Manifest> manifest = {};  // null where there is none

  bool is_built_in() const { return holder == Holder::kBuiltIn; }
  bool is_found() const { return is_other_program(holder); }
};

// The same model by name and path, with what is known of its file, of its first part.
ModelFile with_facts(ModelFile model, const struct stat& facts);
// The same, as the open file says of itself.
ModelFile same_as(ModelFile model, const Fd& file);

}  // namespace hearth::store
