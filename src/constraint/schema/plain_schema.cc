#include "constraint/plain_schema.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "constraint/schema/document.h"
#include "constraint/schema/schema_view.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

constexpr std::size_t kBudgetGrowth = 2;
constexpr std::size_t kBudgetFree = 4096;
constexpr std::size_t kValueBytes = 20;  // {"type":"string"}
constexpr std::size_t kNameBytes = 4;    // around a name: "":,
constexpr std::string_view kAnyType = "string";

// What is copied as it is where it is a text, a number or a truth.
constexpr std::string_view kCopied[] = {
    "format",    "pattern",          "default",          "minimum",       "maximum",
    "minLength", "maxLength",        "minItems",         "maxItems",      "multipleOf",
    "title",     "exclusiveMinimum", "exclusiveMaximum", "minProperties", "maxProperties"};

bool is_scalar(std::string_view type) {
  return type != "array" && type != "object" && type != "null";
}

std::size_t bytes_of(const bj::value& scalar) {
  return scalar.is_string() ? scalar.get_string().size() : kValueBytes;
}

class PlainWriter {
 public:
  struct Bounds {
    std::size_t bytes;
    std::size_t depth;
  };
  PlainWriter(const SchemaDocument& document, Bounds bounds, Effort& effort)
      : viewer_(document, effort),
        effort_(effort),
        bytes_left_(bounds.bytes),
        depth_max_(bounds.depth) {}

  bj::object whole(Schema schema) {
    bj::object made = written(viewer_.view_of_object(schema), 0);
    if (!made.contains("properties")) made["properties"] = bj::object();
    return made;
  }
  // Nothing was left out for want of bytes or steps.
  bool is_whole() const { return is_whole_ && !viewer_.is_over(); }

 private:
  bool take(std::size_t bytes) {
    if (bytes > bytes_left_) {
      is_whole_ = false;
      return false;
    }
    bytes_left_ -= bytes;
    effort_.spend(bytes);
    return true;
  }

  bj::object written(const SchemaView& view, std::size_t depth) {
    bj::object made{{"type", bj::string(view.types.empty() ? kAnyType : view.type)}};
    if (view.type == "array") made["items"] = bj::object();
    if (!take(kValueBytes)) return made;
    describe(view, made);
    copy_bounds(view, made);
    const Schemas parts = view.both();
    const bool within_itself = std::any_of(parts.begin(), parts.end(), [this](Schema part) {
      return std::find(path_.begin(), path_.end(), part) != path_.end();
    });
    if (depth == depth_max_ || within_itself) return made;
    path_.insert(path_.end(), parts.begin(), parts.end());
    if (view.type == "object") add_members(view, made, depth);
    if (view.type == "array") add_items(view, made, depth);
    path_.resize(path_.size() - parts.size());
    return made;
  }

  void describe(const SchemaView& view, bj::object& made) {
    std::string words;
    for (const Schema schema : view.both()) {
      const bj::value* said = keyword(schema, "description");
      if (said == nullptr || !said->is_string() || said->get_string().empty()) continue;
      if (take(said->get_string().size())) words = said->get_string();
      break;
    }
    const std::string more = view.types.empty() ? "Any JSON value is allowed." : others(view, made);
    if (!more.empty() && take(more.size())) words += (words.empty() ? "" : " ") + more;
    if (!words.empty()) made["description"] = std::move(words);
  }

  // What is listed of the type becomes the "enum"; the rest is told.
  std::string others(const SchemaView& view, bj::object& made) {
    std::string others;
    const auto add = [&](std::string_view text) { (others += others.empty() ? "" : ", ") += text; };
    const auto values = viewer_.listed_values(view);
    if (!values) {
      for (const std::string_view type : view.types) {
        if (type != view.type) add(type);
      }
    } else if (is_scalar(view.type)) {
      bj::array same;
      for (const bj::value& one : *values) {
        const std::string_view type = type_name(one);
        if (!is_scalar(type) && type != "null") continue;
        if (!take(bytes_of(one))) break;
        if (is_of(one, view.type)) {
          same.push_back(one);
        } else if (has(view.types, type)) {
          add(bj::serialize(one));
        }
      }
      if (!same.empty()) made["enum"] = std::move(same);
    }
    return others.empty() ? others : "Also allowed: " + others + ".";
  }

  void copy_bounds(const SchemaView& view, bj::object& made) {
    for (const Schema schema : view.all) {
      for (const std::string_view name : kCopied) {
        const bj::value* said = keyword(schema, name);
        const bool copied = said != nullptr && is_scalar(type_name(*said)) && !made.contains(name);
        if (copied && take(name.size() + bytes_of(*said))) made[name] = *said;
      }
    }
  }

  void add_members(const SchemaView& view, bj::object& made, std::size_t depth) {
    bj::object members;
    for (const Schema schema : view.both()) {
      const bj::value* properties = keyword(schema, "properties");
      if (properties == nullptr || !properties->is_object()) continue;
      for (const auto& member : properties->get_object()) {
        // Those of the whole are all named.
        if (!take(kNameBytes + member.key().size()) && depth > 0) break;
        if (members.contains(member.key())) continue;
        members[member.key()] = written(viewer_.view(&member.value()), depth + 1);
      }
    }
    bj::array required = required_of(view, members);
    if (!members.empty()) made["properties"] = std::move(members);
    if (!required.empty()) made["required"] = std::move(required);
    for (const Schema schema : view.both()) {
      const bj::value* rest = keyword(schema, "additionalProperties");
      if (rest == nullptr || !rest->is_object()) continue;
      made["additionalProperties"] = written(viewer_.view(rest), depth + 1);
      return;
    }
  }

  bj::array required_of(const SchemaView& view, const bj::object& members) {
    bj::array required;
    std::set<std::string_view> known;
    for (const Schema schema : view.all) {
      const bj::value* names = keyword(schema, "required");
      if (names == nullptr || !names->is_array()) continue;
      for (const bj::value& name : names->get_array()) {
        if (!name.is_string() || !take(kNameBytes + name.get_string().size())) break;
        const bool shown = members.contains(name.get_string());
        if (shown && known.insert(name.get_string()).second) required.push_back(name);
      }
    }
    return required;
  }

  void add_items(const SchemaView& view, bj::object& made, std::size_t depth) {
    for (const Schema schema : view.both()) {
      const bj::value* items = keyword(schema, "items");
      if (items == nullptr || !items->is_object()) continue;
      const SchemaView known = viewer_.view(items);
      if (!known.types.empty()) made["items"] = written(known, depth + 1);
      return;
    }
  }

  SchemaViewer viewer_;
  Effort& effort_;
  std::size_t bytes_left_;
  std::size_t depth_max_;
  bool is_whole_ = true;
  Schemas path_;  // what is being written
};

void take_types_away(bj::object& whole) {
  for (auto& member : whole["properties"].get_object()) {
    bj::object& value = member.value().get_object();
    if (is_scalar(value["type"].get_string())) continue;
    std::string words;
    if (const bj::value* said = value.if_contains("description")) {
      words.append(said->get_string()).append(" ");
      value.erase("description");
    }
    words += "As a JSON schema: " + bj::serialize(value);
    value = {{"description", words}};
  }
}

}  // namespace

Result<std::string> plain_schema(std::string_view schema, Plainness how, Effort& effort) {
  effort.spend(schema.size());
  const std::unique_ptr<SchemaDocument> document = HEARTH_TRY(SchemaDocument::read(schema, effort));
  if (!document->root()->is_object())
    return fail(Code::kInvalidArgument, "a schema of an object is needed here");
  const std::size_t bytes = (kBudgetGrowth * schema.size()) + kBudgetFree;
  bj::object made;
  for (std::size_t depth = kPlainDepthMax; depth > 0; --depth) {
    PlainWriter writer(*document, {bytes, depth}, effort);
    made = writer.whole(document->root());
    HEARTH_TRY(effort.check());
    if (writer.is_whole()) break;
  }
  if (how == Plainness::kScalars) take_types_away(made);
  return bj::serialize(made);
}

}  // namespace hearth::constraint
