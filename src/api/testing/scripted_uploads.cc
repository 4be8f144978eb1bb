#include "api/testing/scripted_uploads.h"

#include <boost/asio/post.hpp>

namespace hearth::api::testing {

void ScriptedUploads::add_to(Control& control) {
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

}  // namespace hearth::api::testing
