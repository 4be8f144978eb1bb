#include "store/model_file.h"

#include <sys/stat.h>

namespace hearth::store {

ModelFile with_facts(ModelFile model, const struct stat& facts) {
  model.file_number = facts.st_ino;
  model.modified_ms = std::int64_t{facts.st_mtim.tv_sec} * 1000 + facts.st_mtim.tv_nsec / 1'000'000;
  // The size of a divided model is that of all its parts.
  if (model.more_parts.empty()) model.size_bytes = static_cast<std::uint64_t>(facts.st_size);
  return model;
}

ModelFile same_as(ModelFile model, const Fd& file) {
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return model;
  return with_facts(std::move(model), facts);
}

}  // namespace hearth::store
