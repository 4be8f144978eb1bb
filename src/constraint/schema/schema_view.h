// A value of a schema seen from one side: which type it most likely has, and which schemas say
// what of it. Alternatives of other types are only named. For whoever writes schemas for readers;
// what a document must be is the business of the rules.
//
// Ownership: borrows the document and the effort, of which each step takes kEffortOfStep.
// Limits:    kViewStepsMax schemas and values that are looked at for one document; kViewPartsMax of
//            one value. Beyond, less is known.
// Threads:   confined to its caller.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "constraint/effort.h"
#include "constraint/schema/document.h"

namespace hearth::constraint {

inline constexpr std::size_t kViewStepsMax = 20'000;
inline constexpr std::size_t kViewPartsMax = 64;

// Names of types, each once, in the order in which the schema has them.
using TypeNames = std::vector<std::string_view>;

bool has(const TypeNames& types, std::string_view name);
// "integer" where a number is a whole one.
std::string_view type_name(const boost::json::value& value);
bool is_of(const boost::json::value& value, std::string_view type);

struct SchemaView {
  std::string_view type;  // the first that is not null, where there is another
  TypeNames types;        // all; nothing is known where there are none
  Schemas all;            // hold together
  Schemas some;           // at least one of these does, too

  Schemas both() const;
};

class SchemaViewer {
 public:
  SchemaViewer(const SchemaDocument& document, Effort& effort)
      : document_(document), effort_(effort) {}

  SchemaView view(Schema schema);
  // Of an object, whatever it says.
  SchemaView view_of_object(Schema schema);
  // What is listed by its "const" or "enum", if all it can be is listed.
  std::optional<boost::json::array> listed_values(const SchemaView& view);
  bool take(std::size_t steps);
  // There were too many steps.
  bool is_over() const { return is_over_; }

 private:
  enum class Holds : bool { kAlways, kMaybe };

  TypeNames types_of(Schema schema, std::size_t hops);
  TypeNames own_types(Schema schema);
  void gather(Schema schema, Holds holds, SchemaView& view);
  void gather_ways(const boost::json::array& ways, Holds holds, SchemaView& view);
  Schema target_of(Schema schema) const;

  const SchemaDocument& document_;
  Effort& effort_;
  std::size_t steps_left_ = kViewStepsMax;
  bool is_over_ = false;
};

}  // namespace hearth::constraint
