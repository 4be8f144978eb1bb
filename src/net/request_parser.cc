#include "net/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/format.h>

#include "net/target.h"

namespace hearth::net {

namespace http = boost::beast::http;

namespace {

// A string that is as long as what has come: the Content-Length of a stranger reserves nothing.
struct GrowingBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool is_request, typename Fields>
    reader(http::header<is_request, Fields>& /*header*/, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& /*length*/, boost::system::error_code& error) {
      error = {};
    }
    template <typename Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      error = {};
      const std::size_t before = body_.size();
      for (const boost::asio::const_buffer piece : boost::beast::buffers_range_ref(buffers))
        body_.append(static_cast<const char*>(piece.data()), piece.size());
      return body_.size() - before;
    }
    void finish(boost::system::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace

struct RequestParser::Impl {
  http::request_parser<GrowingBody> parser;
  HttpRequest request;  // all but the body, as it stood when the header was complete
  std::size_t body_bytes_max = 0;
};

namespace {

tl::unexpected<Refusal> refuse(int status, Code code, std::string message) {
  return tl::unexpected<Refusal>(Refusal{status, make_error(code, std::move(message)), {}});
}

tl::unexpected<Refusal> refuse_header_size(std::size_t limit) {
  return refuse(
      431, Code::kResourceExhausted,
      fmt::format("the header of the request has more than {} bytes, which is the limit", limit));
}

template <typename Fields>
std::size_t count_of(const Fields& fields, http::field name) {
  const auto [first, last] = fields.equal_range(name);
  return static_cast<std::size_t>(std::distance(first, last));
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

RequestParser::RequestParser(const HttpLimits& limits, const BodyTakers* takers)
    : impl_(std::make_unique<Impl>()), takers_(takers), header_bytes_max_(limits.header_bytes) {
  impl_->body_bytes_max = limits.body_bytes;
  // Stop after the header, so that it is checked and copied before Beast adds the trailer of a
  // chunked body to its fields: a trailer must not become a header that nobody checked.
  impl_->parser.eager(false);
  impl_->parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  impl_->parser.body_limit(boost::none);  // check_body() knows whose body it is
}

RequestParser::~RequestParser() = default;

tl::expected<std::size_t, Refusal> RequestParser::put(std::string_view bytes) {
  boost::system::error_code error;
  const std::size_t used =
      impl_->parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == http::error::need_more) error = {};
  if (error == http::error::header_limit) return refuse_header_size(header_bytes_max_);
  if (error) {
    return refuse(400, Code::kInvalidArgument,
                  fmt::format("the request is not valid HTTP/1.1: {}", error.message()));
  }
  // Beast bounds the header itself, but not the line before a chunk or the trailer.
  if (used == 0 && bytes.size() > header_bytes_max_) return refuse_header_size(header_bytes_max_);

  const bool header_is_new = state_ != State::kBody && impl_->parser.is_header_done();
  if (header_is_new) {
    auto checked = check_header();
    if (!checked) return tl::unexpected<Refusal>(std::move(checked).error());
    if (takers_ != nullptr && *takers_) impl_->request.taker = (*takers_)(impl_->request);
    const auto announced = check_body(impl_->parser.content_length().value_or(0));
    if (!announced) return tl::unexpected<Refusal>(announced.error());
    state_ = State::kBody;
    impl_->parser.eager(true);
  } else if (state_ == State::kNothing && !bytes.empty()) {
    state_ = State::kHeader;
  }
  const auto come = check_body(body_bytes());
  if (!come) return tl::unexpected<Refusal>(come.error());
  if (impl_->parser.is_done()) state_ = State::kDone;
  return used;
}

tl::expected<void, Refusal> RequestParser::check_body(std::uint64_t bytes) const {
  if (taker() != nullptr || bytes <= impl_->body_bytes_max) return {};
  return refuse(413, Code::kResourceExhausted,
                fmt::format("the body of the request has more than {} bytes, which is the limit",
                            impl_->body_bytes_max));
}

// What Beast takes and two servers in a row might read differently.
tl::expected<void, Refusal> RequestParser::check_header() {
  const auto& message = impl_->parser.get();
  const auto encodings = count_of(message, http::field::transfer_encoding);
  const auto lengths = count_of(message, http::field::content_length);
  if (encodings > 0 && lengths > 0) {
    return refuse(400, Code::kInvalidArgument,
                  "the request has both Content-Length and Transfer-Encoding; send one");
  }
  const std::string_view encoding = view(message[http::field::transfer_encoding]);
  if (encodings > 1 || (encodings == 1 && !equals_ignoring_case(encoding, "chunked"))) {
    return refuse(501, Code::kUnimplemented,
                  "the only Transfer-Encoding understood here is \"chunked\"");
  }
  const std::string_view coding = view(message[http::field::content_encoding]);
  if (!coding.empty() && !equals_ignoring_case(coding, "identity")) {
    return refuse(415, Code::kInvalidArgument,
                  "bodies are read as they are; send this one without Content-Encoding");
  }
  if (count_of(message, http::field::host) != 1 && is_http_1_1()) {
    return refuse(400, Code::kInvalidArgument, "an HTTP/1.1 request needs exactly one Host header");
  }
  auto target = parse_target(view(message.target()));
  if (!target) return tl::unexpected<Refusal>(Refusal{400, std::move(target).error(), {}});
  impl_->request.method = std::string(view(message.method_string()));
  impl_->request.path = std::move(target->path);
  impl_->request.query = std::move(target->query);
  for (const auto& field : message) {
    impl_->request.headers.push_back(
        {std::string(view(field.name_string())), std::string(view(field.value()))});
  }
  return {};
}

bool RequestParser::expects_continue() const {
  return state_ == State::kBody &&
         equals_ignoring_case(view(impl_->parser.get()[http::field::expect]), "100-continue");
}

BodyTaker* RequestParser::taker() const {
  return impl_->request.taker.get();
}

std::string RequestParser::take_piece() {
  return std::exchange(impl_->parser.get().body(), {});
}

std::size_t RequestParser::body_bytes() const {
  return impl_->parser.get().body().size();
}

bool RequestParser::keep_alive() const {
  return impl_->parser.get().keep_alive();
}
bool RequestParser::is_http_1_1() const {
  return impl_->parser.get().version() >= 11;
}

void RequestParser::set_peer(PeerKind kind, std::string name) {
  impl_->request.peer_kind = kind;
  impl_->request.peer = std::move(name);
}

HttpRequest RequestParser::head() const {
  HttpRequest head = impl_->request;
  const auto& message = impl_->parser.get();
  if (!head.method.empty() || message.target().empty()) return head;
  if (auto target = parse_target(view(message.target()))) head.path = std::move(target->path);
  head.method = std::string(view(message.method_string()));
  for (const auto& field : message) {
    head.headers.push_back(
        {std::string(view(field.name_string())), std::string(view(field.value()))});
  }
  return head;
}

HttpRequest RequestParser::take() {
  impl_->request.body = std::move(impl_->parser.get().body());
  return std::move(impl_->request);
}

}  // namespace hearth::net
