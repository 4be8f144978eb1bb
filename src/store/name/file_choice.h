// Which files of a Hugging Face repository are the model that a name means: one GGUF file or all
// parts of a divided one, and the projector that belongs to it, if the model sees or hears.
//
// The wanted file, or the wanted quantisation; without either, the quantisation that comes first
// in the order of quant_rank, and the only model there is if that has none. Of two ways to have
// the same quantisation the one with fewer parts. Importance matrices are no models; of several
// projectors the one beside the model, and of these F16, BF16, Q8_0, F32, then any.
//
// Threads: pure.
// Errors:  kNotFound lists what there is; kInvalidArgument when several files fit, and names them;
//          kCorrupt when a part is missing.
// Limits:  kRepositoryFilesMax. Paths that no name can mean are not seen at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/name/source.h"

namespace hearth::store {

inline constexpr std::size_t kRepositoryFilesMax = 20'000;

struct RemoteFile {
  std::string path;  // within the repository
  std::uint64_t size_bytes = 0;

  bool operator==(const RemoteFile&) const = default;
};

struct FileChoice {
  std::string quant;              // empty when the file's name does not say
  std::vector<RemoteFile> parts;  // in their order; one when the model is not divided
  std::optional<RemoteFile> projector;
};

Result<FileChoice> choose_files(const std::vector<RemoteFile>& there, const HuggingFaceName& name);

struct NamedChoice {
  HuggingFaceName name;
  FileChoice files;
};
// Every whole model that is there, by the name that means it: its quantisation, or its file where
// another one has the same. None of a repository with too many files. REQUIRES: a name without
// quantisation and file.
std::vector<NamedChoice> all_choices(const std::vector<RemoteFile>& there,
                                     const HuggingFaceName& repository);

}  // namespace hearth::store
