#include "gguf/file.h"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include "base/fd.h"
#include "gguf/header_reader.h"
#include "gguf/limits.h"

namespace hearth::gguf {

namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint32_t kOldestVersion = 2;
constexpr std::uint32_t kNewestVersion = 3;

}  // namespace

Result<File> File::load(const std::string& path) {
  const Fd fd = HEARTH_TRY(base::open_for_reading(path));
  return load(fd.get(), path);
}

Result<File> File::load(int fd, std::string name) {
  FdSource source = HEARTH_TRY(FdSource::open(fd, name));
  return load(source, std::move(name));
}

Result<File> File::load(ByteSource& source, std::string name) {
  File file;
  file.name_ = name;
  file.file_bytes_ = source.size();
  HeaderReader reader(source, std::move(name));
  HEARTH_TRY(file.read_magic_and_version(reader, source));
  const std::uint64_t tensor_count = HEARTH_TRY(reader.read_u64("the number of tensors"));
  const std::uint64_t key_count = HEARTH_TRY(reader.read_u64("the number of keys"));
  if (tensor_count > kMaxTensors || key_count > kMaxKeys) {
    return reader.corrupt(fmt::format("it claims {} tensors and {} keys; {} and {} are the most",
                                      tensor_count, key_count, kMaxTensors, kMaxKeys));
  }
  HEARTH_TRY(file.read_metadata(reader, key_count));
  HEARTH_TRY(file.read_alignment(reader));
  file.tensors_ = HEARTH_TRY(read_tensors(reader, tensor_count));
  file.data_offset_ = reader.position();
  if (tensor_count > 0) {
    const std::uint64_t rest = reader.position() % file.alignment_;
    if (rest != 0) file.data_offset_ += file.alignment_ - rest;
    if (file.data_offset_ > file.file_bytes_) {
      return reader.corrupt("it ends where its tensors should begin");
    }
    HEARTH_TRY(place_tensors(file.tensors_, {file.data_offset_, file.file_bytes_, file.alignment_},
                             reader));
  }
  return file;
}

Result<void> File::read_magic_and_version(HeaderReader& reader, ByteSource& source) {
  std::array<char, kMagic.size()> beginning{};
  const std::size_t count = HEARTH_TRY(source.read_at(0, beginning));
  const std::string_view bytes(beginning.data(), count);
  if (!bytes.starts_with(kMagic)) {
    return fail(Code::kCorrupt,
                // What it holds instead is nobody's business who can only name it.
                fmt::format("'{}' is not a GGUF file; name a model in the GGUF format", name_),
                name_);
  }
  HEARTH_TRY(reader.read_u32("the magic"));
  version_ = HEARTH_TRY(reader.read_u32("the version"));
  if (version_ >= kOldestVersion && version_ <= kNewestVersion) return {};
  const bool swapped = (version_ & 0xFFFF) == 0 && version_ != 0;
  return fail(Code::kInvalidArgument,
              swapped ? fmt::format("'{}' was made for big-endian machines; fetch the "
                                    "little-endian one",
                                    name_)
                      : fmt::format("'{}' is GGUF version {}, and this program reads {} to {}; "
                                    "{}",
                                    name_, version_, kOldestVersion, kNewestVersion,
                                    version_ < kOldestVersion ? "fetch a newer conversion"
                                                              : "update Hearth"),
              name_);
}

Result<void> File::read_metadata(HeaderReader& reader, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string key = HEARTH_TRY(reader.read_text("a key", kMaxKeyBytes));
    if (key.empty() || key.find('\0') != std::string::npos) {
      return reader.corrupt(fmt::format("key {} has no proper name", i));
    }
    if (metadata_.contains(key)) {
      return reader.corrupt(fmt::format("it has the key '{}' twice", key));
    }
    Value value = HEARTH_TRY(reader.read_value(key));
    metadata_.emplace(std::move(key), std::move(value));
  }
  return {};
}

Result<void> File::read_alignment(const HeaderReader& reader) {
  const Value* value = find("general.alignment");
  if (value == nullptr) return {};
  const std::uint64_t alignment =
      value->type() == ValueType::kUint32 ? value->as_unsigned().value_or(0) : 0;
  if (!std::has_single_bit(alignment) || alignment > kMaxAlignment) {
    return reader.corrupt(fmt::format(
        "general.alignment must be a u32, a power of two and at most {}", kMaxAlignment));
  }
  alignment_ = alignment;
  return {};
}

const Value* File::find(std::string_view key) const {
  const auto at = metadata_.find(key);
  return at == metadata_.end() ? nullptr : &at->second;
}

const Tensor* File::find_tensor(std::string_view name) const {
  const auto at = std::find_if(tensors_.begin(), tensors_.end(),
                               [name](const Tensor& tensor) { return tensor.name == name; });
  return at == tensors_.end() ? nullptr : &*at;
}

}  // namespace hearth::gguf
