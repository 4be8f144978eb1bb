// Files that clients send before a model is made of them, in a folder of their own. A restart
// forgets them: whoever still needs one sends it again.
//
// Ownership: borrows the loop. Its end waits for what is being written.
// Threads:   confined to the loop; files are hashed and written on a thread of its own.
// Limits:    kUploadsMax files, of which the one that came first makes room for another; how large
//            one is, server.body_limit says.
#pragma once

#include <deque>
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
  std::string path_of(const store::BlobDigest& digest) const;
  std::string stored_path(const store::BlobDigest& digest) const;
  void put(const store::BlobDigest& digest, std::string bytes, Callback<bool> done);
  Result<std::string> find(const store::BlobDigest& digest) const;
  void drop(const store::BlobDigest& digest);

  boost::asio::io_context& loop_;
  const std::string folder_;
  const std::string store_folder_;
  std::deque<store::BlobDigest> here_;  // of files that are written or being written, as they came
  boost::asio::thread_pool worker_{1};
};

}  // namespace hearth
