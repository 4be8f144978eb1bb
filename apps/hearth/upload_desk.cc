#include "upload_desk.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/replacement.h"
#include "store/digest.h"
#include "store/manifest/layout.h"

namespace hearth {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

Result<void> keep(const store::BlobDigest& digest, const std::string& path,
                  const std::string& bytes) {
  const auto found = HEARTH_TRY(store::digest_of_text(bytes));
  if (found != digest) {
    return fail(Code::kInvalidArgument,
                fmt::format("digest mismatch, expected {}, got {}", digest.text(), found.text()));
  }
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  return base::replace_file(path, bytes, 0600);
}

bool is_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

UploadDesk::UploadDesk(asio::io_context& loop, std::string folder, std::string store_folder)
    : loop_(loop), folder_(std::move(folder)), store_folder_(std::move(store_folder)) {
  std::error_code error;
  fs::remove_all(folder_, error);
}

api::Uploads UploadDesk::face() {
  api::Uploads face;
  face.has = [this](const store::BlobDigest& digest) { return find(digest).has_value(); };
  face.put = [this](const store::BlobDigest& digest, std::string bytes, Callback<bool> done) {
    put(digest, std::move(bytes), std::move(done));
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

void UploadDesk::put(const store::BlobDigest& digest, std::string bytes, Callback<bool> done) {
  if (find(digest)) {
    asio::post(loop_, [done = std::move(done)] { done(false); });
    return;
  }
  // Nobody made a model of it while kUploadsMax others came.
  if (here_.size() >= kUploadsMax) drop(store::BlobDigest(here_.front()));
  here_.push_back(digest);
  asio::post(worker_, [this, digest, bytes = std::move(bytes), done = std::move(done)] {
    const auto kept = keep(digest, path_of(digest), bytes);
    asio::post(loop_, [this, digest, kept, done] {
      if (!kept) drop(digest);
      done(kept ? Result<bool>(true) : Result<bool>(fail(kept.error())));
    });
  });
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
