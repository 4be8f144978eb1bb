#include "api/core/pictures.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "base/base64.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api {

namespace {

using Value = boost::json::value;

// Where a URL stands, and what takes its place there.
struct Link {
  enum class Shape : std::uint8_t { kUrl, kSource };  // a text; Anthropic's object
  std::string path;
  std::string url;
  Value* place;
  Shape shape;
};

Value* member(Value& object, const char* name) {
  return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

bool is_text(const Value* value, std::string_view text) {
  return value != nullptr && value->is_string() && std::string_view(value->get_string()) == text;
}

bool is_on_the_web(const Value& url) {
  if (!url.is_string()) return false;
  std::string begin(std::string_view(url.get_string()).substr(0, 8));
  for (char& c : begin)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return begin.starts_with("http://") || begin.starts_with("https://");
}

class Search {
 public:
  std::vector<Link> links;

  // Of one part of a content; a tool's result has content of its own.
  void look(Value& part, const std::string& path) {
    const Value* const type = member(part, "type");
    if (is_text(type, "image_url") || is_text(type, "input_image")) {
      look_at_url(part, path);
    } else if (is_text(type, "image")) {
      look_at_source(part, path);
    } else if (is_text(type, "tool_result")) {
      look_into(part, path);
    }
  }
  // Every part of the content of a message, or of what stands in its place.
  void look_into(Value& message, const std::string& path) {
    Value* const content = member(message, "content");
    if (content == nullptr || !content->is_array()) return;
    std::size_t number = 0;
    for (Value& part : content->get_array())
      look(part, fmt::format("{}.content[{}]", path, number++));
  }

 private:
  void note(Value& url, std::string path, Value& place, Link::Shape shape) {
    if (!is_on_the_web(url)) return;
    links.push_back({std::move(path), std::string(url.get_string()), &place, shape});
  }
  void look_at_url(Value& part, const std::string& path) {
    Value* const image = member(part, "image_url");
    if (image == nullptr) return;
    Value* const url = image->is_object() ? member(*image, "url") : image;
    const char* const last = image->is_object() ? ".image_url.url" : ".image_url";
    if (url != nullptr) note(*url, path + last, *url, Link::Shape::kUrl);
  }
  void look_at_source(Value& part, const std::string& path) {
    Value* const source = member(part, "source");
    if (source == nullptr || !is_text(member(*source, "type"), "url")) return;
    Value* const url = member(*source, "url");
    if (url != nullptr) note(*url, path + ".source.url", *source, Link::Shape::kSource);
  }
};

std::vector<Link> find_links(Value& body) {
  Search search;
  for (const char* name : {"messages", "input"}) {
    Value* const list = member(body, name);
    if (list == nullptr || !list->is_array()) continue;
    std::size_t number = 0;
    for (Value& message : list->get_array())
      search.look_into(message, fmt::format("{}[{}]", name, number++));
  }
  return std::move(search.links);
}

// Most bodies name no picture, and are not read twice. A word written in escapes is not found, and
// then nothing is fetched.
bool may_have_links(std::string_view body) {
  const auto has = [body](std::string_view word) {
    return body.find(word) != std::string_view::npos;
  };
  return has("\"image") || has("\"input_image");
}

void put(const Link& link, const net::Picture& picture) {
  std::string data;
  if (link.shape == Link::Shape::kUrl) {
    data = "data:" + picture.type + ";base64,";
    base::append_base64(data, picture.bytes);
    *link.place = data;
    return;
  }
  base::append_base64(data, picture.bytes);
  *link.place = {{"type", "base64"}, {"media_type", picture.type}, {"data", data}};
}

Error error_at(const Link& link, const std::string& why) {
  return make_error(Code::kInvalidArgument, link.path + " " + why, link.path);
}

asio::awaitable<Result<net::Picture>> fetch_one(Call& call, const PictureFetch& fetch,
                                                std::string url) {
  const auto meeting = std::make_shared<Meeting<net::Picture>>(co_await asio::this_coro::executor);
  CallOff call_off = fetch(std::move(url), arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(call_off));
  co_return std::move(*meeting->result);
}

// What is wrong, if anything is.
asio::awaitable<std::optional<Error>> fetch_all(Call& call, const PictureFetch& fetch,
                                                const std::vector<Link>& links) {
  std::size_t bytes = 0;
  for (const Link& link : links) {
    auto picture = co_await fetch_one(call, fetch, link.url);
    if (!picture) {
      if (picture.error().code == Code::kCancelled) co_return picture.error();
      co_return error_at(link, "cannot be fetched: " + picture.error().message);
    }
    bytes += picture->bytes.size();
    if (bytes > kPicturesBytesMax)
      co_return error_at(link, "and the pictures before it are too large together");
    put(link, *picture);
  }
  co_return std::nullopt;
}

// Of links that are not to be fetched.
std::optional<Error> refusal(const PictureFetch& fetch, const std::vector<Link>& links) {
  if (!fetch) {
    return error_at(links.front(),
                    "names a picture by its URL, and this server fetches none; send the picture "
                    "itself, or have server.fetch_images set to yes");
  }
  if (links.size() <= kPicturesMax) return std::nullopt;
  return error_at(links[kPicturesMax],
                  fmt::format("is one picture to fetch more than the {} that a request may name",
                              kPicturesMax));
}

asio::awaitable<void> give_with_pictures(Call& call, PictureFetch fetch, ErrorDialect errors,
                                         RouteHandler next) {
  const std::string& sent = call.exchange.request().body;
  auto body = may_have_links(sent) ? json::parse(sent)
                                   : Result<Value>(fail(Code::kNotFound, "no pictures"));
  // What cannot be read is the dialect's to say.
  const std::vector<Link> links = body ? find_links(*body) : std::vector<Link>();
  if (!links.empty()) {
    std::optional<Error> wrong = refusal(fetch, links);
    if (!wrong) wrong = co_await fetch_all(call, fetch, links);
    if (wrong) {
      ErrorReply reply = errors(*wrong, wrong->context, call.request_id);
      co_await send_error(call.exchange, std::move(reply));
      co_return;
    }
    call.rewritten = json::Node(*body).json();
  }
  co_await next(call);
}

}  // namespace

RouteHandler with_pictures(PictureFetch fetch, ErrorDialect errors, RouteHandler next) {
  return [fetch = std::move(fetch), errors, next = std::move(next)](Call& call) {
    return give_with_pictures(call, fetch, errors, next);
  };
}

}  // namespace hearth::api
