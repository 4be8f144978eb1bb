// A schema as it was sent: its values, where each of them stands, and what its references name.
//
// Errors:    kInvalidArgument; the context is the JSON pointer of what is wrong.
// Ownership: owns the values; a Schema points into it.
// Limits:    kSchemaBytesMax (schema.h), kSchemaDepthMax, kSchemaValuesMax; steps of kEffortOfStep
//            bound all work on one schema together, whatever its references multiply to.
// Threads:   confined to its caller.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"
#include "constraint/effort.h"

namespace hearth::constraint {

inline constexpr std::size_t kSchemaDepthMax = 100;
inline constexpr std::size_t kSchemaValuesMax = 200'000;
inline constexpr std::size_t kEffortOfStep = 10;

// true, false or an object.
using Schema = const boost::json::value*;
// All of them must hold; each stands there once.
using Schemas = std::vector<Schema>;

class SchemaDocument {
 public:
  // The effort outlives it.
  static Result<std::unique_ptr<SchemaDocument>> read(std::string_view text, Effort& effort);

  Schema root() const { return &value_; }
  std::string pointer(const boost::json::value* at) const;
  // What the "$ref" of this schema names. REQUIRES: it has one.
  Result<Schema> target(Schema schema) const;
  // An error about a keyword of a schema; an empty keyword is the schema itself.
  Error wrong(const boost::json::value* schema, std::string_view keyword,
              std::string_view rest) const;
  // More steps of work, or an error when there were too many.
  Result<void> step(std::size_t steps = 1) const;

 private:
  SchemaDocument(boost::json::value value, Effort& effort);
  Result<Schema> at_pointer(Schema schema, std::string_view pointer) const;

  struct Place {
    const boost::json::value* parent = nullptr;
    std::string_view key;   // of a member
    std::size_t index = 0;  // of an element
  };
  boost::json::value value_;
  std::unordered_map<const boost::json::value*, Place> places_;
  std::unordered_map<std::string_view, Schema> anchors_;
  Effort& effort_;
};

// In quotes, cut where it is long: for errors.
std::string shown_name(std::string_view name);
// The member, or nullptr. REQUIRES: an object or a boolean.
const boost::json::value* keyword(Schema schema, std::string_view name);

}  // namespace hearth::constraint
