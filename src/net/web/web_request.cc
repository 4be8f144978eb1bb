#include "net/web/web_request.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace hearth::net {

namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
constexpr std::string_view kNotForCallers[] = {
    "accept-encoding",     "authorization",     "connection", "content-length", "cookie", "host",
    "proxy-authorization", "transfer-encoding", "range",
};

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
           kTokenMarks.find(letter) != std::string_view::npos;
  });
}

bool is_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

Result<WebUrl> check_request(const WebRequest& request) {
  WebUrl url = HEARTH_TRY(parse_web_url(request.url));
  for (const auto& header : request.headers) {
    const std::string& name = header.first;
    if (!is_token(name)) {
      return fail(Code::kInvalidArgument, "the name of a header has characters that none may have");
    }
    for (const std::string_view reserved : kNotForCallers) {
      if (find_header({header}, reserved) != nullptr) {
        return fail(Code::kInvalidArgument,
                    fmt::format("the header {} is not for callers to write", reserved));
      }
    }
    if (!is_value(header.second)) {
      return fail(Code::kInvalidArgument,
                  fmt::format("the value of the header {} has control characters in it", name));
    }
  }
  if (!is_value(request.authorization)) {
    return fail(Code::kInvalidArgument,
                "the key has control characters in it, perhaps the end of a line: give it without");
  }
  if (request.range && request.range->first > request.range->last) {
    return fail(Code::kInvalidArgument, fmt::format("bytes {} to {} are no range",
                                                    request.range->first, request.range->last));
  }
  return url;
}

}  // namespace hearth::net
