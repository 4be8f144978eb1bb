#include "json/node.h"

#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "json/value_text.h"

namespace hearth::json {

namespace {

namespace bj = boost::json;

constexpr std::size_t kShownKeyBytes = 64;
// Up to here every whole number has its own double.
constexpr double kExactDoubleMax = 9007199254740992.0;

std::string_view kind_name(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return "a boolean";
    case bj::kind::int64:
    case bj::kind::uint64:
    case bj::kind::double_:
      return "a number";
    case bj::kind::string:
      return "a string";
    case bj::kind::array:
      return "an array";
    case bj::kind::object:
      return "an object";
  }
  return "a value";
}

// The whole number in it, if it is one that fits.
std::optional<std::int64_t> whole(const bj::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_double()) {
    if (std::trunc(*number) == *number && std::abs(*number) <= kExactDoubleMax) {
      return static_cast<std::int64_t>(*number);
    }
  }
  return std::nullopt;
}

}  // namespace

Error Node::wrong(std::string_view rest) const {
  const std::string_view name = path_.empty() ? std::string_view("the body") : path_;
  return make_error(Code::kInvalidArgument, fmt::format("{} {}", name, rest), path_);
}

Error Node::wrong_kind(std::string_view wanted) const {
  return wrong(fmt::format("must be {}, not {}", wanted, kind_name(*value_)));
}

std::string Node::child(std::string_view key) const {
  const std::string_view shown = key.substr(0, kShownKeyBytes);
  return path_.empty() ? std::string(shown) : fmt::format("{}.{}", path_, shown);
}

Result<std::string_view> Node::text() const {
  const bj::string* text = value_->if_string();
  if (text == nullptr) return fail(wrong_kind("a string"));
  return std::string_view(text->data(), text->size());
}

Result<bool> Node::boolean() const {
  const bool* flag = value_->if_bool();
  if (flag == nullptr) return fail(wrong_kind("true or false"));
  return *flag;
}

Result<std::int64_t> Node::integer(std::int64_t least, std::int64_t most) const {
  if (!value_->is_number()) return fail(wrong_kind("a whole number"));
  const std::optional<std::int64_t> number = whole(*value_);
  if (number && *number >= least && *number <= most) return *number;
  if (!number && value_->is_double() && std::abs(value_->get_double()) <= kExactDoubleMax) {
    return fail(wrong(fmt::format("must be a whole number, not {}", value_->get_double())));
  }
  return fail(wrong(fmt::format("must be a whole number from {} to {}", least, most)));
}

Result<std::uint64_t> Node::bits64() const {
  if (const auto* number = value_->if_uint64()) return *number;
  if (const std::optional<std::int64_t> number = whole(*value_)) {
    return static_cast<std::uint64_t>(*number);
  }
  if (!value_->is_number()) return fail(wrong_kind("a whole number"));
  return fail(wrong("must be a whole number of at most 64 bits"));
}

Result<double> Node::number(double least, double most) const {
  if (!value_->is_number()) return fail(wrong_kind("a number"));
  const double number = value_->to_number<double>();
  if (number >= least && number <= most) return number;
  return fail(wrong(fmt::format("must be between {} and {}, not {}", least, most, number)));
}

Result<std::vector<Node>> Node::elements() const {
  const bj::array* array = value_->if_array();
  if (array == nullptr) return fail(wrong_kind("an array"));
  std::vector<Node> nodes;
  nodes.reserve(array->size());
  for (const bj::value& value : *array) {
    nodes.emplace_back(value, fmt::format("{}[{}]", path_, nodes.size()));
  }
  return nodes;
}

Result<std::vector<std::pair<std::string_view, Node>>> Node::members() const {
  const bj::object* object = value_->if_object();
  if (object == nullptr) return fail(wrong_kind("an object"));
  std::vector<std::pair<std::string_view, Node>> nodes;
  nodes.reserve(object->size());
  for (const auto& member : *object) {
    const std::string_view key(member.key().data(), member.key().size());
    nodes.emplace_back(key, Node(member.value(), child(key)));
  }
  return nodes;
}

std::string Node::json() const {
  return value_text(*value_);
}

std::optional<Node> Node::find(std::string_view key) const {
  const bj::object* object = value_->if_object();
  HEARTH_ASSERT(object != nullptr);
  const bj::value* value = object->if_contains(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return Node(*value, child(key));
}

Result<Node> Node::require(std::string_view key) const {
  if (!value_->is_object()) return fail(wrong_kind("an object"));
  if (auto node = find(key)) return *std::move(node);
  const std::string path = child(key);
  return fail(make_error(Code::kInvalidArgument, fmt::format("{} is missing", path), path));
}

}  // namespace hearth::json
