// Whether the files of models still are what they have to be: every byte is read again and held
// against the digest. A blob that is not is moved aside ("….damaged", which collect_blobs removes),
// so that a pull fetches it anew and nobody loads it meanwhile.
//
// Threads: thread-safe; blocks its caller, and reads about 1 GB a second. Holds the store's lock
//          with those who pull.
// Errors:  kNotFound for a name that no model has; kInvalidArgument for a model whose digest nobody
//          knows; kCancelled. A damaged file is no error but a result, and so is a manifest that
//          cannot be read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "store/catalog.h"
#include "store/damaged_manifest.h"

namespace hearth::store {

struct VerifiedFile {
  enum class State : std::uint8_t {
    kGood,
    kDamaged,  // other bytes, or more or fewer, or the disk cannot read them
    kMissing,
    kUnreadable  // not for this user
  };
  State state = State::kGood;
  std::string file_name;
  std::vector<std::string> models;  // that have it
  BlobDigest expected;
  std::uint64_t size_bytes = 0;
  std::string problem;  // what is wrong; empty when nothing is
  std::string advice;   // what to do then
};
std::string_view state_word(VerifiedFile::State state);

struct VerifyProgress {
  std::string file_name;
  std::size_t file = 0;  // which of them, from 1
  std::size_t files = 0;
  std::uint64_t done_bytes = 0;  // of all files
  std::uint64_t size_bytes = 0;
};

struct VerifyRequest {
  std::vector<std::string> models;  // none: all that were pulled or made, and the built-in ones
  std::string aliases_file;
  std::function<void(const VerifyProgress&)> progress;  // or none; some ten times a second
};

struct Verified {
  std::vector<VerifiedFile> files;  // each once, however many models have it
  std::vector<DamagedManifest> damaged_manifests;
};

Result<Verified> verify_models(const VerifyRequest& request, const Catalog& catalog,
                               const base::CancelToken& cancel);

}  // namespace hearth::store
