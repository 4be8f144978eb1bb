// Files that clients send before a model is made of them, in a folder of their own. A restart
// forgets them: whoever still needs one sends it again.
//
// Ownership: borrows the loop. Its end waits for what is being written.
// Threads:   confined to the loop; files are hashed and written, as they come, on a thread of its
//            own.
// Limits:    kUploadsMax files, of which the one that came first makes room for another. They may
// be
//            as large as the disk has room for, of which store::kDiskReserveBytes are left to
//            others.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/control.h"
#include "base/result.h"

namespace hearth {

inline constexpr std::size_t kUploadsMax = 64;

class UploadDesk {
 public:
  // `store_folder` has blobs that need not be sent. Empties the folder.
  UploadDesk(boost::asio::io_context& loop, std::string folder, std::string store_folder);

  api::Uploads face();

 private:
  class Upload;

  std::string path_of(const store::BlobDigest& digest) const;
  std::string stored_path(const store::BlobDigest& digest) const;
  std::shared_ptr<net::BodyTaker> begin(const store::BlobDigest& digest);
  void end(const std::shared_ptr<net::BodyTaker>& begun, Callback<bool> done);
  void note(const store::BlobDigest& digest);
  Result<std::string> find(const store::BlobDigest& digest) const;
  void drop(const store::BlobDigest& digest);

  boost::asio::io_context& loop_;
  const std::string folder_;
  const std::string store_folder_;
  std::deque<store::BlobDigest> here_;  // of files, as they came
  boost::asio::thread_pool worker_{1};
};

}  // namespace hearth
