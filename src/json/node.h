// A JSON value together with the place where it stands, so that whoever reads a stranger's
// fields can say which one is wrong: "messages[2].content must be a string, not a number".
//
// Errors:    kInvalidArgument; the context of the error is the path of the field.
// Ownership: borrows the value, which must outlive the node.
// Threads:   immutable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace hearth::json {

class Node {
 public:
  explicit Node(const boost::json::value& value, std::string path = {})
      : value_(&value), path_(std::move(path)) {}

  // "messages[2].content"; "the body" is shown for the root, whose path is empty.
  const std::string& path() const { return path_; }
  bool is_null() const { return value_->is_null(); }
  bool is_string() const { return value_->is_string(); }
  bool is_array() const { return value_->is_array(); }
  bool is_object() const { return value_->is_object(); }

  Result<std::string_view> text() const;
  Result<bool> boolean() const;
  // A whole number; 3.0 is one. Out of range is an error that names the range.
  Result<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  // Any 64-bit pattern that fits signed or unsigned: what people send as a seed.
  Result<std::uint64_t> bits64() const;
  Result<double> number(double least, double most) const;
  Result<std::vector<Node>> elements() const;
  // What stands here, as JSON text.
  std::string json() const;
  // In the order of the text.
  Result<std::vector<std::pair<std::string_view, Node>>> members() const;

  // Absent and null are the same: nothing. REQUIRES: an object.
  std::optional<Node> find(std::string_view key) const;
  // An error that names the missing field.
  Result<Node> require(std::string_view key) const;

  // An error about this field: PATH and then the rest of the sentence.
  Error wrong(std::string_view rest) const;

 private:
  Error wrong_kind(std::string_view wanted) const;
  std::string child(std::string_view key) const;

  const boost::json::value* value_;
  std::string path_;
};

}  // namespace hearth::json
