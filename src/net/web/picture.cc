#include "net/web/picture.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "net/web/public_address.h"

namespace hearth::net {

namespace {

constexpr std::chrono::milliseconds kConnectTime{5'000};
constexpr std::chrono::milliseconds kStallTime{10'000};
constexpr std::size_t kTypeBytesMax = 64;
constexpr int kFound = 200;

// "image/png" of "Image/PNG; charset=x"; empty where it is no type of a picture.
std::string picture_type(const WebHead& head) {
  const std::string* const header = find_header(head.headers, "content-type");
  if (header == nullptr) return {};
  std::string type = header->substr(0, std::min(header->find(';'), kTypeBytesMax));
  while (type.ends_with(' '))
    type.pop_back();
  for (char& c : type)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '+' ||
           c == '.';
  };
  const bool is_one = type.starts_with("image/") && std::all_of(type.begin(), type.end(), allowed);
  return is_one ? type : std::string();
}

class PictureSink final : public WebSink {
 public:
  Picture picture;

  Result<void> begin(const WebHead& head) override {
    if (head.status != kFound)
      return fail(Code::kInvalidArgument, fmt::format("its server answers {}", head.status));
    picture.type = picture_type(head);
    if (picture.type.empty() || find_header(head.headers, "content-encoding") != nullptr)
      return fail(Code::kInvalidArgument, "what is there is no picture (Content-Type: image/…)");
    return {};
  }
  Result<void> take(std::string_view bytes) override {
    if (bytes.size() > kPictureBytesMax - picture.bytes.size()) {
      return fail(Code::kResourceExhausted,
                  fmt::format("it has more than {} MiB", kPictureBytesMax / base::kMiB));
    }
    picture.bytes += bytes;
    return {};
  }
};

}  // namespace

WebOptions picture_web(std::string user_agent) {
  WebOptions options;
  options.user_agent = std::move(user_agent);
  options.connect_timeout = kConnectTime;
  options.stall_timeout = kStallTime;
  options.whole_timeout = kPictureTime;
  options.may_reach = &is_reachable_by_all;
  return options;
}

Result<Picture> fetch_picture(Web& web, const std::string& url, const base::CancelToken& cancel) {
  WebRequest request;
  request.url = url;
  request.headers = {{"Accept", "image/*"}};
  PictureSink sink;
  HEARTH_TRY(web.fetch(request, sink, cancel));
  return std::move(sink.picture);
}

}  // namespace hearth::net
