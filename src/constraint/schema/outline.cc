#include "constraint/outline.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "constraint/schema/document.h"
#include "constraint/schema/judge.h"
#include "constraint/types.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

struct TypeName {
  std::string_view name;
  Types types;
};
constexpr TypeName kTypeNames[] = {
    {"null", kNull},     {"boolean", kBoolean}, {"number", kWhole | kOtherNumber},
    {"integer", kWhole}, {"string", kString},   {"array", kArray},
    {"object", kObject}};

struct Shape;
struct ShapeMember {
  std::string name;
  std::shared_ptr<Shape> shape;
  bool required = false;
};
struct Shape {
  Types types = kAllTypes;
  std::vector<ShapeMember> members;
  std::unordered_map<std::string, std::size_t> places;  // of the members, by their names
  std::shared_ptr<Shape> items;
  bool elements_differ = false;

  void add(ShapeMember member) {
    places.emplace(member.name, members.size());
    members.push_back(std::move(member));
  }
};

ShapeMember* find(Shape& shape, const std::string& name) {
  const auto found = shape.places.find(name);
  return found == shape.places.end() ? nullptr : &shape.members[found->second];
}

enum class Together { kAll, kAny };

// What an outline may cost, in schemas and members that are looked at.
class Steps {
 public:
  // False once there were too many.
  bool take(std::size_t steps) {
    taken_ += std::min(steps, kOutlineStepsMax + 1);
    return taken_ <= kOutlineStepsMax;
  }

 private:
  std::size_t taken_ = 0;
};

void merge(Shape& into, const Shape& other, Together how, Steps& steps) {
  const bool all = how == Together::kAll;
  if (!steps.take(into.members.size() + other.members.size())) {
    into = Shape();
    return;
  }
  into.types = all ? into.types & other.types : into.types | other.types;
  if (!all) {
    for (ShapeMember& member : into.members) {
      const auto known = other.places.find(member.name);
      member.required =
          member.required && known != other.places.end() && other.members[known->second].required;
    }
  }
  for (const ShapeMember& member : other.members) {
    if (ShapeMember* known = find(into, member.name)) {
      known->required = all ? known->required || member.required : known->required;
      auto joined = std::make_shared<Shape>(*known->shape);
      merge(*joined, *member.shape, how, steps);
      known->shape = std::move(joined);
    } else {
      into.add(member);
      if (!all) into.members.back().required = false;
    }
  }
  if (!into.items) into.items = other.items;
  into.elements_differ = into.elements_differ || other.elements_differ;
}

class Sketch {
 public:
  explicit Sketch(const SchemaDocument& document) : document_(document) {}

  Shape shape(Schema schema, std::size_t depth) {
    Shape own;
    if (schema->is_bool() && !schema->get_bool()) own.types = 0;
    if (!schema->is_object() || depth > kOutlineDepthMax || !steps_.take(1)) return own;
    add_types(schema, own);
    add_members(schema, own, depth);
    add_items(schema, own, depth);
    add_reference(schema, own, depth);
    for (const char* name : {"allOf", "anyOf", "oneOf"})
      add_branches(schema, name, own, depth);
    return own;
  }

 private:
  static Types named_types(const bj::value& name) {
    for (const TypeName& known : kTypeNames) {
      if (name.is_string() && name.get_string() == known.name) return known.types;
    }
    return 0;
  }

  static void add_types(Schema schema, Shape& own) {
    if (const bj::value* type = keyword(schema, "type")) {
      Types types = named_types(*type);
      if (const bj::array* names = type->if_array()) {
        for (const bj::value& name : *names)
          types |= named_types(name);
      }
      own.types &= types;
    }
    if (const bj::value* only = keyword(schema, "const")) own.types &= type_of(*only);
    const bj::value* listed = keyword(schema, "enum");
    if (listed == nullptr || !listed->is_array()) return;
    Types types = 0;
    for (const bj::value& value : listed->get_array())
      types |= type_of(value);
    own.types &= types;
  }

  void add_members(Schema schema, Shape& own, std::size_t depth) {
    const bj::value* properties = keyword(schema, "properties");
    if (properties != nullptr && properties->is_object()) {
      for (const auto& member : properties->get_object()) {
        own.add({std::string(member.key()),
                 std::make_shared<Shape>(shape(&member.value(), depth + 1)), false});
      }
    }
    const bj::value* required = keyword(schema, "required");
    if (required == nullptr || !required->is_array()) return;
    if (!steps_.take(required->get_array().size())) return;
    for (const bj::value& value : required->get_array()) {
      if (!value.is_string()) continue;
      std::string name(value.get_string());
      ShapeMember* known = find(own, name);
      if (known == nullptr) {
        own.add({std::move(name), std::make_shared<Shape>(), true});
      } else {
        known->required = true;
      }
    }
  }

  // Arrays that are more than a number of elements alike count as whole documents.
  void add_items(Schema schema, Shape& own, std::size_t depth) {
    const bj::value* items = keyword(schema, "items");
    const bool tuple = keyword(schema, "prefixItems") != nullptr ||
                       keyword(schema, "uniqueItems") != nullptr ||
                       (items != nullptr && items->is_array());
    own.elements_differ = own.elements_differ || tuple;
    if (items != nullptr && items->is_object())
      own.items = std::make_shared<Shape>(shape(items, depth + 1));
  }

  void add_reference(Schema schema, Shape& own, std::size_t depth) {
    const bj::value* reference = keyword(schema, "$ref");
    if (reference == nullptr || !reference->is_string()) return;
    const Result<Schema> target = document_.target(schema);
    if (target) merge(own, shape(*target, depth + 1), Together::kAll, steps_);
  }

  void add_branches(Schema schema, std::string_view name, Shape& own, std::size_t depth) {
    const bj::value* branches = keyword(schema, name);
    if (branches == nullptr || !branches->is_array() || branches->get_array().empty()) return;
    const bj::array& all = branches->get_array();
    Shape together = shape(&all[0], depth + 1);
    for (std::size_t i = 1; i < all.size(); ++i) {
      merge(together, shape(&all[i], depth + 1), name == "allOf" ? Together::kAll : Together::kAny,
            steps_);
    }
    merge(own, together, Together::kAll, steps_);
  }

  const SchemaDocument& document_;
  Steps steps_;
};

class OutlineWriter {
 public:
  OutlineWriter(Outline& outline, std::size_t first) : outline_(outline), first_(first) {}

  struct Texts {
    bj::value numbered;
    bj::value plain;
  };

  Texts object(const Shape& shape) {
    bj::object numbered;
    bj::object plain;
    bj::array numbered_required;
    bj::array plain_required;
    for (const ShapeMember& member : shape.members) {
      const std::string number =
          fmt::format("{}{}{}", kOutlineName, first_ + outline_.members.size(), kOutlineNameEnd);
      outline_.members.push_back({member.name, member.required});
      Texts value = written(*member.shape);
      numbered[number] = std::move(value.numbered);
      plain[member.name] = std::move(value.plain);
      if (!member.required) continue;
      numbered_required.emplace_back(number);
      plain_required.emplace_back(member.name);
    }
    return {with_members(std::move(numbered), std::move(numbered_required)),
            with_members(std::move(plain), std::move(plain_required))};
  }

 private:
  static bj::value with_members(bj::object members, bj::array required) {
    bj::object all{{"type", "object"}, {"properties", std::move(members)}};
    if (!required.empty()) all["required"] = std::move(required);
    return all;
  }

  static Texts both(bj::value value) { return {value, value}; }

  Texts written(const Shape& shape) {
    if (shape.types == kAllTypes) return both(bj::object());
    if (shape.types == kObject && !shape.members.empty()) return object(shape);
    const bool list = shape.types == kArray && !shape.elements_differ;
    if (list && shape.items) {
      Texts items = written(*shape.items);
      return {bj::object{{"type", "array"}, {"items", std::move(items.numbered)}},
              bj::object{{"type", "array"}, {"items", std::move(items.plain)}}};
    }
    bj::array names;
    Types said = 0;
    for (const TypeName& known : kTypeNames) {
      const bool whole = (shape.types & known.types) == known.types;
      if (!whole || (said & known.types) == known.types) continue;
      names.emplace_back(bj::string(known.name));
      said |= known.types;
    }
    if (shape.types == kArray && shape.elements_differ)
      return {bj::object{{"type", "number"}}, bj::object{{"type", "array"}}};
    if (names.size() == 1) return both(bj::object{{"type", names[0]}});
    if (names.empty()) return both(bj::object{{"type", "null"}});
    bj::value plain = bj::object{{"type", names}};
    if ((shape.types & kString) == 0) return {bj::object{{"type", "number"}}, std::move(plain)};
    // A reader that knows one type only takes the string, which it can be written as.
    bj::array ways;
    for (const bj::value& name : names)
      ways.push_back(bj::object{{"type", name}});
    return {bj::object{{"type", "string"}, {"anyOf", std::move(ways)}}, std::move(plain)};
  }

  Outline& outline_;
  std::size_t first_;
};

}  // namespace

Result<Outline> outline_of(std::string_view schema, std::size_t first) {
  Effort effort;
  const std::unique_ptr<SchemaDocument> document = HEARTH_TRY(SchemaDocument::read(schema, effort));
  if (!document->root()->is_object())
    return fail(Code::kInvalidArgument, "a schema of an object is needed here");
  const Shape shape = Sketch(*document).shape(document->root(), 0);
  if ((shape.types & kObject) == 0)
    return fail(Code::kInvalidArgument, "the schema has to allow an object");
  Outline outline;
  OutlineWriter::Texts texts = OutlineWriter(outline, first).object(shape);
  outline.text = bj::serialize(texts.numbered);
  outline.plain = bj::serialize(texts.plain);
  return outline;
}

}  // namespace hearth::constraint
