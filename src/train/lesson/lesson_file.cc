#include "train/lesson/lesson_file.h"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::train {

namespace {

constexpr char kMagic[8] = {'H', 'E', 'A', 'R', 'T', 'H', 'L', 'S'};
constexpr std::uint32_t kVersion = 1;
constexpr unsigned kMode = 0644;
// Tokens below this fit into 16 bits beside the bit that says whether they are wanted.
constexpr std::uint32_t kSmallVocabulary = 1U << 15;

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t cell_bytes;
  std::uint64_t digest;
  std::uint64_t lessons;
  std::uint64_t tokens;
};

// Where the lengths stand: behind the tokens, at a multiple of their own size.
std::uint64_t lengths_begin(const Header& header) {
  const std::uint64_t end = sizeof(Header) + header.tokens * header.cell_bytes;
  return (end + 3) / 4 * 4;
}

bool is_whole(const Header& header, std::uint64_t bytes) {
  const bool known = std::memcmp(header.magic, kMagic, sizeof kMagic) == 0 &&
                     header.version == kVersion &&
                     (header.cell_bytes == 2 || header.cell_bytes == 4);
  if (!known || header.tokens > bytes || header.lessons > bytes) return false;
  return lengths_begin(header) + header.lessons * sizeof(std::uint32_t) == bytes;
}

}  // namespace

Result<std::unique_ptr<LessonFile>> LessonFile::open(const std::string& path,
                                                     std::uint64_t digest) {
  const Fd fd = HEARTH_TRY(base::open_for_reading(path));
  struct ::stat about{};
  if (::fstat(fd.get(), &about) != 0)
    return fail(base::errno_error(errno, "cannot read '" + path + "'"));
  const auto bytes = static_cast<std::size_t>(about.st_size);
  if (bytes < sizeof(Header)) return fail(Code::kCorrupt, "'" + path + "' is no file of lessons");
  void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (mapped == MAP_FAILED) return fail(base::errno_error(errno, "cannot read '" + path + "'"));
  std::unique_ptr<LessonFile> file(new LessonFile);
  file->mapped_ = static_cast<const std::uint8_t*>(mapped);
  file->mapped_bytes_ = bytes;
  Header header;
  std::memcpy(&header, mapped, sizeof header);
  if (!is_whole(header, bytes)) return fail(Code::kCorrupt, "'" + path + "' is no file of lessons");
  if (header.digest != digest)
    return fail(Code::kNotFound, "'" + path + "' has the lessons of other data");
  file->digest_ = digest;
  file->cell_bytes_ = header.cell_bytes;
  std::uint64_t begin = 0;
  for (std::uint64_t i = 0; i < header.lessons; ++i) {
    file->begins_.push_back(begin);
    std::uint32_t length = 0;
    std::memcpy(&length, file->mapped_ + lengths_begin(header) + i * sizeof length, sizeof length);
    begin += length;
  }
  file->begins_.push_back(begin);
  if (begin != header.tokens) return fail(Code::kCorrupt, "'" + path + "' is no file of lessons");
  return file;
}

LessonFile::~LessonFile() {
  if (mapped_ != nullptr) ::munmap(const_cast<std::uint8_t*>(mapped_), mapped_bytes_);
}

// The lowest bit says whether it is wanted.
std::uint32_t LessonFile::cell(std::uint64_t index) const {
  const std::uint8_t* at = mapped_ + sizeof(Header) + index * cell_bytes_;
  if (cell_bytes_ == 4) {
    std::uint32_t whole = 0;
    std::memcpy(&whole, at, sizeof whole);
    return whole;
  }
  std::uint16_t half = 0;
  std::memcpy(&half, at, sizeof half);
  return half;
}

Lesson LessonFile::lesson(std::size_t index) const {
  Lesson lesson;
  for (std::uint64_t i = begins_[index]; i < begins_[index + 1]; ++i) {
    lesson.tokens.push_back(static_cast<engine::Token>(cell(i) >> 1));
    lesson.wanted.push_back(static_cast<std::uint8_t>(cell(i) & 1));
  }
  return lesson;
}

void LessonFile::append(std::size_t lesson, Batch& batch) const {
  batch.segments.push_back({batch.tokens.size(), length(lesson)});
  for (std::uint64_t i = begins_[lesson]; i < begins_[lesson + 1]; ++i) {
    batch.tokens.push_back(static_cast<std::int32_t>(cell(i) >> 1));
    const std::uint32_t next = i + 1 < begins_[lesson + 1] ? cell(i + 1) : 0;
    batch.targets.push_back((next & 1) != 0 ? static_cast<std::int32_t>(next >> 1) : kNoTarget);
  }
}

Result<std::unique_ptr<LessonFileWriter>> LessonFileWriter::create(const std::string& path,
                                                                   std::uint64_t digest,
                                                                   std::uint32_t vocabulary) {
  auto replacement = HEARTH_TRY(base::Replacement::begin(path, kMode));
  std::unique_ptr<LessonFileWriter> writer(new LessonFileWriter(std::move(replacement)));
  writer->digest_ = digest;
  writer->cell_bytes_ = vocabulary <= kSmallVocabulary ? 2 : 4;
  writer->file_.reset(std::fopen(writer->replacement_.unfinished().c_str(), "wbe"));
  if (!writer->file_) return fail(base::errno_error(errno, "cannot write '" + path + "'"));
  const Header room{};
  writer->write(&room, sizeof room);
  return writer;
}

void LessonFileWriter::write(const void* data, std::size_t bytes) {
  if (bytes == 0) return;  // the data of an empty list may be nowhere
  failed_ = std::fwrite(data, 1, bytes, file_.get()) != bytes || failed_;
}

void LessonFileWriter::add(const Lesson& lesson) {
  for (std::size_t i = 0; i < lesson.tokens.size(); ++i) {
    const std::uint32_t cell =
        static_cast<std::uint32_t>(lesson.tokens[i]) << 1 | std::uint32_t{lesson.wanted[i]};
    const auto half = static_cast<std::uint16_t>(cell);
    write(cell_bytes_ == 4 ? static_cast<const void*>(&cell) : &half, cell_bytes_);
  }
  lengths_.push_back(static_cast<std::uint32_t>(lesson.tokens.size()));
  tokens_ += lesson.tokens.size();
}

Result<void> LessonFileWriter::finish() {
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.cell_bytes = cell_bytes_;
  header.digest = digest_;
  header.lessons = lengths_.size();
  header.tokens = tokens_;
  constexpr char kZeros[4] = {};
  write(kZeros, lengths_begin(header) - sizeof header - tokens_ * cell_bytes_);
  write(lengths_.data(), lengths_.size() * sizeof lengths_[0]);
  failed_ = std::fseek(file_.get(), 0, SEEK_SET) != 0 || failed_;
  write(&header, sizeof header);
  failed_ = std::fflush(file_.get()) != 0 || failed_;
  if (failed_) return fail(base::errno_error(errno, "cannot write the lessons"));
  return replacement_.finish();
}

}  // namespace hearth::train
