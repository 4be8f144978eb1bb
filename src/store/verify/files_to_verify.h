// Which files are to be verified, and what each has to be.
//
// Threads: thread-safe; looks at the disk.
// Errors:  those of verify.h.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/verify/verify.h"

namespace hearth::store {

struct FileToVerify {
  VerifiedFile file;  // with everything but how it is
  std::string path;
  Holder holder = Holder::kStore;
};

struct FilesToVerify {
  std::vector<FileToVerify> files;
  std::vector<DamagedManifest> damaged_manifests;  // whose files nobody knows
};

Result<FilesToVerify> files_to_verify(const VerifyRequest& request, const Catalog& catalog);

}  // namespace hearth::store
