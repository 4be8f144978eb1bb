#include "json/parse.h"

#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::json {

namespace {

namespace bj = boost::json;

constexpr std::size_t kShownKeyBytes = 64;

// What the handler itself objects to; the parser only carries it to us.
enum class Objection { kNone, kDuplicateKey, kTooManyValues, kNumberTooLarge };

// Builds the value as Boost's own parser does, and watches what that one lets pass.
class Builder {
 public:
  static constexpr std::size_t max_object_size = bj::object::max_size();
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = bj::string::max_size();
  static constexpr std::size_t max_string_size = bj::string::max_size();

  explicit Builder(std::size_t values_max) : values_left_(values_max) {}

  Objection objection() const { return objection_; }
  const std::string& key() const { return key_; }
  bj::value release() { return stack_.release(); }

  bool on_document_begin(bj::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t size, bj::error_code& error) {
    keys_.pop_back();
    stack_.push_object(size);
    return count(error);
  }
  bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t size, bj::error_code& error) {
    stack_.push_array(size);
    return count(error);
  }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    part_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& error) {
    part_.append(part.data(), part.size());
    key_.swap(part_);
    part_.clear();
    if (!keys_.back().insert(key_).second) return object_to(Objection::kDuplicateKey, error);
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& error) {
    stack_.push_string(part);
    return count(error);
  }
  bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t number, bj::string_view, bj::error_code& error) {
    stack_.push_int64(number);
    return count(error);
  }
  bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code& error) {
    stack_.push_uint64(number);
    return count(error);
  }
  bool on_double(double number, bj::string_view, bj::error_code& error) {
    if (!std::isfinite(number)) return object_to(Objection::kNumberTooLarge, error);
    stack_.push_double(number);
    return count(error);
  }
  bool on_bool(bool flag, bj::error_code& error) {
    stack_.push_bool(flag);
    return count(error);
  }
  bool on_null(bj::error_code& error) {
    stack_.push_null();
    return count(error);
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  bool count(bj::error_code& error) {
    if (values_left_ == 0) return object_to(Objection::kTooManyValues, error);
    --values_left_;
    return true;
  }
  bool object_to(Objection objection, bj::error_code& error) {
    objection_ = objection;
    error = bj::make_error_code(bj::error::exception);
    return false;
  }

  bj::value_stack stack_;
  std::vector<std::unordered_set<std::string>> keys_;  // one set per object that is open
  std::string part_;                                   // of the key being read
  std::string key_;                                    // the last whole one
  std::size_t values_left_;
  Objection objection_ = Objection::kNone;
};

std::string reason_of(const bj::error_code& error) {
  if (error == bj::error::incomplete) return "the text ends in the middle of a value";
  if (error == bj::error::extra_data) return "there is more text after the value";
  if (error == bj::error::syntax) return "a syntax error";
  if (error == bj::error::exponent_overflow) return "a number that is too large";
  return error.message();
}

Error explain(const Builder& builder, const bj::error_code& error, std::string_view text,
              std::size_t offset, const Limits& limits) {
  switch (builder.objection()) {
    case Objection::kDuplicateKey:
      return make_error(Code::kInvalidArgument,
                        fmt::format("invalid JSON at byte {}: the key \"{}\" stands twice in one "
                                    "object; keep one of them",
                                    offset, builder.key().substr(0, kShownKeyBytes)));
    case Objection::kTooManyValues:
      return make_error(
          Code::kResourceExhausted,
          fmt::format("the JSON has more than {} values, which is the limit", limits.values));
    case Objection::kNumberTooLarge:
      return make_error(Code::kInvalidArgument,
                        fmt::format("invalid JSON at byte {}: a number that is too large", offset));
    case Objection::kNone:
      break;
  }
  if (error == bj::error::too_deep) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("invalid JSON at byte {}: nested deeper than {} levels, which is "
                                  "the limit",
                                  offset, limits.depth));
  }
  const std::string reason =
      base::is_utf8(text) ? reason_of(error) : std::string("the text is not UTF-8");
  return make_error(Code::kInvalidArgument,
                    fmt::format("invalid JSON at byte {}: {}", offset, reason));
}

}  // namespace

Result<bj::value> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) {
    return fail(Code::kResourceExhausted,
                fmt::format("the JSON has {} bytes; the limit is {}", text.size(), limits.bytes));
  }
  bj::parse_options options;
  options.max_depth = limits.depth;
  bj::basic_parser<Builder> parser(options, limits.values);
  bj::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = bj::make_error_code(bj::error::extra_data);
  if (error) return fail(explain(parser.handler(), error, text, used, limits));
  return parser.handler().release();
}

}  // namespace hearth::json
