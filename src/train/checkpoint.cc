#include "train/checkpoint.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/replacement.h"

namespace hearth::train {

namespace {

constexpr char kMagic[8] = {'H', 'E', 'A', 'R', 'T', 'H', 'C', 'P'};
constexpr std::uint64_t kVersion = 1;
constexpr mode_t kMode = 0644;

struct Header {
  char magic[8];
  std::uint64_t version;
  std::uint64_t job;
  std::uint64_t numbers;  // of each row
  std::uint64_t step;
  std::uint64_t tokens;
  double seconds;
  std::uint64_t round;
  std::uint64_t index;
  std::uint64_t digest;  // of the rows
};

std::uint64_t digest_row(std::uint64_t hash, std::span<const float> row) {
  for (const float number : row) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3U;
  }
  return hash;
}

std::uint64_t digest_of(const TrainNumbers& numbers) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::span<float> row : {numbers.weights, numbers.means, numbers.squares})
    hash = digest_row(hash, row);
  return hash;
}

std::string_view bytes_of(std::span<const float> row) {
  return {reinterpret_cast<const char*>(row.data()), row.size_bytes()};
}

Result<void> read_all(int fd, void* into, std::size_t bytes) {
  auto* to = static_cast<char*>(into);
  while (bytes > 0) {
    const ::ssize_t got = ::read(fd, to, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(base::errno_error(errno, "cannot read the checkpoint"));
    if (got == 0) return fail(Code::kCorrupt, "the checkpoint ends too early");
    to += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Result<void> CheckpointFile::save(const TrainState& state, const TrainNumbers& numbers) const {
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.job = job_;
  header.numbers = numbers.weights.size();
  header.step = state.step;
  header.tokens = state.tokens;
  header.seconds = state.seconds;
  header.round = state.position.round;
  header.index = state.position.index;
  header.digest = digest_of(numbers);
  auto file = HEARTH_TRY(base::Replacement::begin(path_, kMode));
  HEARTH_TRY(file.write({reinterpret_cast<const char*>(&header), sizeof header}));
  for (const std::span<float> row : {numbers.weights, numbers.means, numbers.squares})
    HEARTH_TRY(file.write(bytes_of(row)));
  HEARTH_TRY(file.sync());  // before the old one gives up its name
  if (::rename(path_.c_str(), (path_ + ".previous").c_str()) != 0 && errno != ENOENT)
    return fail(base::errno_error(errno, "cannot rename '" + path_ + "'"));
  return file.finish();
}

Result<TrainState> CheckpointFile::load(const TrainNumbers& numbers) const {
  const auto newest = load_file(path_, numbers);
  if (newest || newest.error().code == Code::kInvalidArgument) return newest;
  const auto previous = load_file(path_ + ".previous", numbers);
  return previous ? previous : newest;
}

Result<TrainState> CheckpointFile::load_file(const std::string& path,
                                             const TrainNumbers& numbers) const {
  const Fd fd = HEARTH_TRY(base::open_for_reading(path));
  Header header{};
  HEARTH_TRY(read_all(fd.get(), &header, sizeof header));
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || header.version != kVersion)
    return fail(Code::kCorrupt, "'" + path + "' is no checkpoint");
  if (header.job != job_ || header.numbers != numbers.weights.size()) {
    return fail(Code::kInvalidArgument,
                "'" + path +
                    "' is of another job: its model, data, context, batch, seed or "
                    "validation differ; give the same, or another work folder");
  }
  for (const std::span<float> row : {numbers.weights, numbers.means, numbers.squares})
    HEARTH_TRY(read_all(fd.get(), row.data(), row.size_bytes()));
  if (digest_of(numbers) != header.digest) return fail(Code::kCorrupt, "'" + path + "' is damaged");
  TrainState state;
  state.step = header.step;
  state.tokens = header.tokens;
  state.seconds = header.seconds;
  state.position = {header.round, header.index};
  return state;
}

Result<void> CheckpointFile::keep(const std::string& suffix) const {
  if (::rename(path_.c_str(), (path_ + suffix).c_str()) != 0)
    return fail(base::errno_error(errno, "cannot keep '" + path_ + "'"));
  return {};
}

}  // namespace hearth::train
