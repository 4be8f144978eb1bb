// The files of spans in one folder. Nothing in it is needed: whatever is missing, damaged or of
// another model is computed again.
//
// Errors:  kCorrupt and kNotFound as in span_file.h; kResourceExhausted when the disk has too
//          little room left, of which kDiskReserveBytes are always left to others.
// Threads: confined to the thread that calls; several may look at different files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/prefix/span_file.h"

namespace hearth::engine::prefix {

struct FoundSpan {
  std::string name;
  SpanHeader header;
  std::size_t file_bytes = 0;
};

class SpanFolder {
 public:
  // Of one model; `model` names everything that its state depends on.
  SpanFolder(std::string folder, std::string model);

  // What is usable, in the order in which it was written; what is not is removed.
  std::vector<FoundSpan> list() const;
  // The bytes of the file.
  Result<std::size_t> write(SpanHeader header, std::string_view state) const;
  Result<std::string> read(const std::string& name) const;
  void remove(const std::string& name) const;
  const std::string& model() const { return model_; }

 private:
  std::string path_of(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  std::string model_;
};

}  // namespace hearth::engine::prefix
