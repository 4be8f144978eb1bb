// A picture that a client named by its URL: fetched from where anybody could fetch it, or not at
// all. https and http, from public addresses only, which is looked at when a connection is made and
// so at every redirect and whatever a name resolves to by then; no proxy, nothing of ours sent.
//
// Threads: thread-safe; a fetch blocks its caller.
// Errors:  those of Web, and kInvalidArgument for an answer that is no picture, kResourceExhausted
//          for one that is too large, kDeadlineExceeded for one that takes too long.
// Limits:  below, and those of Web.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "base/units.h"
#include "net/web/curl_web.h"

namespace hearth::net {

inline constexpr std::size_t kPictureBytesMax = 10 * base::kMiB;
inline constexpr std::chrono::milliseconds kPictureTime{20'000};  // redirects included

struct Picture {
  std::string type;  // "image/png"
  std::string bytes;
};

// The web as pictures are fetched from it.
WebOptions picture_web(std::string user_agent);

Result<Picture> fetch_picture(Web& web, const std::string& url, const base::CancelToken& cancel);

}  // namespace hearth::net
