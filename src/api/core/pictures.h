// Pictures that a request names by their URL: where the daemon fetches such, the picture itself
// takes the place of its URL before the dialect reads the body, and where it does not, the request
// is refused with how that is changed. What a model that sees nothing says of a picture is the
// dialect's, and the same as for one that was sent along.
//
// The shapes are those of OpenAI (`image_url`, `input_image`) and Anthropic (a `source` of the type
// `url`), wherever messages have content.
//
// Threads: confined to the loop.
// Limits:  kPicturesMax in a request, kPicturesBytesMax of them together.
#pragma once

#include <functional>
#include <string>

#include "api/core/router.h"
#include "base/callback.h"
#include "base/units.h"
#include "net/web/picture.h"

namespace hearth::api {

inline constexpr std::size_t kPicturesMax = 8;
inline constexpr std::size_t kPicturesBytesMax = 20 * base::kMiB;

// Fetches what a URL names; the result calls it off. Empty: nothing is fetched.
using PictureFetch = std::function<CallOff(std::string url, Callback<net::Picture> done)>;

// A handler that is given its body with the pictures in it.
RouteHandler with_pictures(PictureFetch fetch, ErrorDialect errors, RouteHandler next);

}  // namespace hearth::api
