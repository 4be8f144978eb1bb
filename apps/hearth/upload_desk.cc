#include "upload_desk.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "api/core/meeting.h"
#include "base/replacement.h"
#include "base/units.h"
#include "store/manifest/layout.h"
#include "store/pull/part_file.h"
#include "store/sha256.h"

namespace hearth {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// The room on the disk is looked at whenever so many bytes have come.
constexpr std::uint64_t kLookBytes = 64 * base::kMiB;

bool is_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

// Bytes that are said to have a digest, on their way into a file. Whoever asks waits until they are
// written, so that no more than a piece is in memory.
class UploadDesk::Upload final : public net::BodyTaker,
                                 public std::enable_shared_from_this<Upload> {
 public:
  Upload(UploadDesk& desk, const store::BlobDigest& digest)
      : desk_(desk), digest_(digest), path_(desk.path_of(digest)), is_here_(desk.find(digest)) {}

  const store::BlobDigest& digest() const { return digest_; }
  bool is_here() const { return is_here_; }

  asio::awaitable<Result<void>> take(std::string piece) override {
    if (is_here_) co_return Result<void>();
    const auto meeting = std::make_shared<api::Meeting<void>>(co_await asio::this_coro::executor);
    asio::post(desk_.worker_, [self = shared_from_this(), meeting, &loop = desk_.loop_,
                               piece = std::move(piece)] {
      asio::post(loop, [meeting, written = self->write(piece)] { arrive_at(meeting)(written); });
    });
    co_await wait_for(meeting);
    co_return *meeting->result;
  }

  // On the worker, as write() is.
  Result<void> finish() {
    HEARTH_TRY(begin());
    const auto found = HEARTH_TRY(store::BlobDigest::parse("sha256:" + std::move(*hash_).finish()));
    if (found == digest_) return file_->finish();
    return fail(Code::kInvalidArgument,
                fmt::format("digest mismatch, expected {}, got {}", digest_.text(), found.text()));
  }

 private:
  Result<void> begin() {
    if (file_) return {};
    std::error_code error;
    fs::create_directories(fs::path(path_).parent_path(), error);
    hash_.emplace(HEARTH_TRY(store::Sha256::begin()));
    file_.emplace(HEARTH_TRY(base::Replacement::begin(path_, 0600)));
    return {};
  }

  Result<void> write(const std::string& piece) {
    HEARTH_TRY(begin());
    if (written_ % kLookBytes + piece.size() >= kLookBytes || written_ == 0) {
      const std::uint64_t free = HEARTH_TRY(store::system_disk().free_bytes(file_->fd()));
      if (free < store::kDiskReserveBytes + kLookBytes) {
        return fail(Code::kResourceExhausted,
                    fmt::format("the disk has no room for this file; {}", store::kHowToMakeRoom));
      }
    }
    hash_->add(piece);
    written_ += piece.size();
    return file_->write(piece);
  }

  UploadDesk& desk_;
  const store::BlobDigest digest_;
  const std::string path_;
  const bool is_here_;
  std::optional<base::Replacement> file_;
  std::optional<store::Sha256> hash_;
  std::uint64_t written_ = 0;
};

UploadDesk::UploadDesk(asio::io_context& loop, std::string folder, std::string store_folder)
    : loop_(loop), folder_(std::move(folder)), store_folder_(std::move(store_folder)) {
  std::error_code error;
  fs::remove_all(folder_, error);
}

api::Uploads UploadDesk::face() {
  api::Uploads face;
  face.has = [this](const store::BlobDigest& digest) { return find(digest).has_value(); };
  face.begin = [this](const store::BlobDigest& digest) { return begin(digest); };
  face.end = [this](const std::shared_ptr<net::BodyTaker>& begun, Callback<bool> done) {
    end(begun, std::move(done));
  };
  face.find = [this](const store::BlobDigest& digest) { return find(digest); };
  face.drop = [this](const store::BlobDigest& digest) { drop(digest); };
  return face;
}

std::string UploadDesk::path_of(const store::BlobDigest& digest) const {
  return folder_ + "/" + digest.hex() + ".gguf";
}

std::string UploadDesk::stored_path(const store::BlobDigest& digest) const {
  return store_folder_ + "/" + store::blob_path(digest);
}

std::shared_ptr<net::BodyTaker> UploadDesk::begin(const store::BlobDigest& digest) {
  return std::make_shared<Upload>(*this, digest);
}

void UploadDesk::end(const std::shared_ptr<net::BodyTaker>& begun, Callback<bool> done) {
  const auto upload = std::dynamic_pointer_cast<Upload>(begun);
  if (upload == nullptr) {  // he was let in only after it had come
    asio::post(loop_, [done = std::move(done)] {
      done(fail(Code::kUnavailable, "nothing of it was kept; send it once more"));
    });
    return;
  }
  if (upload->is_here()) {
    asio::post(loop_, [done = std::move(done)] { done(false); });
    return;
  }
  asio::post(worker_, [this, upload, done = std::move(done)] {
    asio::post(loop_, [this, upload, done, kept = upload->finish()] {
      if (kept) note(upload->digest());
      done(kept ? Result<bool>(true) : Result<bool>(fail(kept.error())));
    });
  });
}

void UploadDesk::note(const store::BlobDigest& digest) {
  std::erase(here_, digest);  // somebody else may have sent it meanwhile
  // Nobody made a model of it while kUploadsMax others came.
  if (here_.size() >= kUploadsMax) drop(store::BlobDigest(here_.front()));
  here_.push_back(digest);
}

Result<std::string> UploadDesk::find(const store::BlobDigest& digest) const {
  for (const std::string& path : {path_of(digest), stored_path(digest)}) {
    if (is_file(path)) return path;
  }
  return fail(Code::kNotFound, fmt::format("there is no blob {}; send it to /api/blobs/{} first",
                                           digest.text(), digest.text()));
}

void UploadDesk::drop(const store::BlobDigest& digest) {
  std::error_code error;
  fs::remove(path_of(digest), error);
  std::erase(here_, digest);
}

}  // namespace hearth
