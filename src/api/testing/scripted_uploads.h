// Files sent as for models that are to be made, kept in memory, for tests of the routes that ask
// for them.
//
// Threads: on the loop.
#pragma once

#include <map>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "api/hearth/control.h"

namespace hearth::api::testing {

class ScriptedUploads {
 public:
  explicit ScriptedUploads(boost::asio::io_context& loop) : loop_(loop) {}

  std::map<std::string, std::string> files;  // by digest; to be looked at after an answer

  void add_to(Control& control) {
    control.uploads.has = [this](const store::BlobDigest& digest) {
      return files.contains(digest.hex());
    };
    control.uploads.begin = [](const store::BlobDigest& digest) {
      return std::make_shared<Upload>(digest.hex());
    };
    control.uploads.end = [this](const std::shared_ptr<net::BodyTaker>& begun,
                                 const Callback<bool>& done) {
      const auto& upload = dynamic_cast<const Upload&>(*begun);
      Result<bool> result = files.try_emplace(upload.digest, upload.bytes).second;
      if (upload.bytes == "other") result = fail(Code::kInvalidArgument, "digest mismatch");
      boost::asio::post(loop_, [result, done] { done(result); });
    };
    control.uploads.find = [this](const store::BlobDigest& digest) -> Result<std::string> {
      if (!files.contains(digest.hex())) return fail(Code::kNotFound, "no blob " + digest.text());
      return "/uploads/" + digest.hex();
    };
    control.uploads.drop = [this](const store::BlobDigest& digest) { files.erase(digest.hex()); };
  }

 private:
  struct Upload final : net::BodyTaker {
    explicit Upload(std::string of) : digest(std::move(of)) {}
    boost::asio::awaitable<Result<void>> take(std::string piece) override {
      bytes += piece;
      co_return Result<void>();
    }
    const std::string digest;
    std::string bytes;
  };

  boost::asio::io_context& loop_;
};

}  // namespace hearth::api::testing
