// The body of a form with files, multipart/form-data (RFC 7578), as clients send recordings: its
// parts, each with a name. What a part is encoded with is not undone; nobody sends it encoded.
//
// Ownership: borrows the body.
// Errors:    kInvalidArgument that says what is broken.
// Limits:    the constants below; how large a body may be, server.body_limit says.
// Threads:   pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::api {

inline constexpr std::size_t kFormPartsMax = 64;
inline constexpr std::size_t kFormHeadBytesMax = 8 * 1024;  // of one part
inline constexpr std::size_t kFormNameBytesMax = 256;       // of a part, and of its file

struct FormPart {
  std::string name;
  std::string file_name;  // empty where it is no file
  std::string_view content;
};

// `content_type` is the request's, with the boundary between the parts.
Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body);

}  // namespace hearth::api
