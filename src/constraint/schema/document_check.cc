#include "constraint/document_check.h"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "constraint/pattern/code_points.h"
#include "constraint/schema/alternatives.h"
#include "constraint/schema/demands.h"
#include "constraint/schema/disjoint.h"
#include "constraint/schema/judge.h"
#include "constraint/schema/keywords.h"
#include "constraint/schema/schema_view.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

constexpr std::size_t kShownBytes = 200;

std::string shown(std::string text) {
  if (text.size() <= kShownBytes) return text;
  return base::repair_utf8(std::string_view(text).substr(0, kShownBytes)) + "…";
}

std::string with_article(std::string_view type) {
  if (type == "null") return "null";
  const bool vowel = type.starts_with('a') || type.starts_with('i') || type.starts_with('o');
  return (vowel ? "an " : "a ") + std::string(type);
}

std::string types_text(Types types) {
  static constexpr std::pair<Types, std::string_view> kNames[] = {
      {kNull, "null"},     {kBoolean, "boolean"}, {kWhole | kOtherNumber, "number"},
      {kWhole, "integer"}, {kString, "string"},   {kArray, "array"},
      {kObject, "object"}};
  std::string text;
  for (const auto& [bits, name] : kNames) {
    if ((types & bits) != bits) continue;
    types = static_cast<Types>(types & ~bits);
    text += (text.empty() ? "" : " or ") + with_article(name);
  }
  return text;
}

std::string step_of_pointer(std::string_view key) {
  std::string text = "/";
  for (const char letter : key)
    text += letter == '~' ? "~0" : letter == '/' ? "~1" : std::string(1, letter);
  return text;
}

std::string counted(std::uint64_t count, const char* one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace

std::string Problem::to_string() const {
  return (pointer.empty() ? "it" : pointer) + " " + words;
}

class DocumentCheck::Insides {
 public:
  explicit Insides(std::string_view schema) : read_(SchemaDocument::read(schema, effort_)) {
    if (!read_) return;
    patterns_ = std::make_unique<Patterns>(**read_);
    alternatives_ =
        std::make_unique<Alternatives>(**read_, [this](const Schemas& one, const Schemas& other) {
          return disjoint_->disjoint(one, other);
        });
    judge_ = std::make_unique<Judge>(**read_, *alternatives_, *patterns_);
    disjoint_ = std::make_unique<Disjoint>(**read_, *alternatives_, *patterns_, *judge_);
  }

  // Every schema in it, wherever it stands, so that nothing is refused only when it is first used.
  Result<void> check_schema() {
    if (!read_) return fail(read_.error());
    std::vector<Schema> pending{(*read_)->root()};
    while (!pending.empty()) {
      const Schema schema = pending.back();
      pending.pop_back();
      HEARTH_TRY(alternatives_->check(schema));
      if (const bj::object* object = schema->if_object()) add_inner(*object, pending);
    }
    return {};
  }

  Result<std::vector<Problem>> problems(const bj::value& document) {
    effort_ = Effort();
    problems_.clear();
    HEARTH_TRY(look(document, (*read_)->root(), ""));
    return std::exchange(problems_, {});
  }

 private:
  static void add_inner(const bj::object& schema, std::vector<Schema>& pending) {
    const auto add = [&](const bj::value& one) {
      if (one.is_object() || one.is_bool()) pending.push_back(&one);
    };
    for (const char* name : {"properties", "patternProperties", "$defs", "definitions"}) {
      const bj::value* named = schema.if_contains(name);
      if (named == nullptr || !named->is_object()) continue;
      for (const auto& member : named->get_object())
        add(member.value());
    }
    for (const char* name : {"items", "additionalProperties", "propertyNames", "allOf", "anyOf",
                             "oneOf", "prefixItems"}) {
      const bj::value* inner = schema.if_contains(name);
      if (inner == nullptr) continue;
      if (const bj::array* list = inner->if_array()) {
        std::ranges::for_each(*list, add);
      } else {
        add(*inner);
      }
    }
  }

  void say(const std::string& pointer, std::string words) {
    const Problem problem{pointer, std::move(words)};
    const bool known = std::ranges::find(problems_, problem) != problems_.end();
    if (!known && problems_.size() < kProblemsMax) problems_.push_back(problem);
  }

  // Says what is wrong with a value, as deep down as it can be named.
  Result<void> look(const bj::value& value, Schema schema, const std::string& pointer) {
    if (problems_.size() >= kProblemsMax) return {};
    if (HEARTH_TRY(judge_->valid(value, schema))) return {};
    const std::size_t before = problems_.size();
    if (schema->is_object()) HEARTH_TRY(look_at_parts(value, schema, pointer));
    if (problems_.size() == before)
      say(pointer, schema->is_bool() ? "must not be there" : "is not what its schema asks for");
    return {};
  }

  Result<void> look_at_parts(const bj::value& value, Schema schema, const std::string& pointer) {
    const Types types = types_of({schema});
    if ((types & type_of(value)) == 0) {
      say(pointer,
          fmt::format("must be {}, not {}", types_text(types), with_article(type_name(value))));
      return {};
    }
    say_if_not_listed(value, schema, pointer);
    if (value.is_string()) HEARTH_TRY(look_at_string(value, schema, pointer));
    if (value.is_number()) say_if_out_of_range(value, schema, pointer);
    if (value.is_array()) HEARTH_TRY(look_at_array(value, schema, pointer));
    if (value.is_object()) HEARTH_TRY(look_at_object(value, schema, pointer));
    return look_at_applied(value, schema, pointer);
  }

  void say_if_not_listed(const bj::value& value, Schema schema, const std::string& pointer) {
    const std::string text = canonical_text(value);
    const bj::value* only = keyword(schema, "const");
    if (only != nullptr && canonical_text(*only) != text)
      say(pointer, "must be " + shown(canonical_text(*only)));
    const bj::value* listed = keyword(schema, "enum");
    if (listed == nullptr) return;
    const auto same = [&](const bj::value& one) { return canonical_text(one) == text; };
    if (std::ranges::none_of(listed->get_array(), same))
      say(pointer, "must be one of " + shown(canonical_text(*listed)));
  }

  Result<void> look_at_string(const bj::value& value, Schema schema, const std::string& pointer) {
    const std::string_view text = value.get_string();
    const std::u32string points = code_points(text);
    say_if_miscounted(points.size(), counts_of({schema}, "minLength", "maxLength"),
                      {pointer, "character"});
    for (const Said& pattern : strings_of({schema}, "pattern")) {
      if (!HEARTH_TRY(patterns_->matches(pattern, "pattern", text)))
        say(pointer, "must match the pattern " + shown(std::string(pattern.string)));
    }
    for (const Said& format : strings_of({schema}, "format")) {
      const StringSet* set = HEARTH_TRY(patterns_->strings_of_format(format));
      if (set != nullptr && !set->accepts(points))
        say(pointer, fmt::format("must have the format {}", format.string));
    }
    return {};
  }

  struct Counted {
    const std::string& pointer;
    const char* one;
  };
  void say_if_miscounted(std::uint64_t count, const Counts& counts, const Counted& what) {
    if (count < counts.least)
      say(what.pointer, fmt::format("must have at least {}", counted(counts.least, what.one)));
    if (count > counts.most)
      say(what.pointer, fmt::format("must have at most {}", counted(counts.most, what.one)));
  }

  void say_if_out_of_range(const bj::value& value, Schema schema, const std::string& pointer) {
    static constexpr std::pair<const char*, const char*> kBounds[] = {
        {"minimum", "at least"},
        {"exclusiveMinimum", "more than"},
        {"maximum", "at most"},
        {"exclusiveMaximum", "less than"}};
    for (const auto& [name, words] : kBounds) {
      const bj::value* bound = keyword(schema, name);
      if (bound == nullptr || !is_beyond(value, *bound, name)) continue;
      say(pointer, fmt::format("must be {} {}", words, number_text(*bound)));
    }
  }

  static bool is_beyond(const bj::value& value, const bj::value& bound, std::string_view name) {
    const std::optional<Decimal> number = decimal_of(value);
    const std::optional<Decimal> limit = decimal_of(bound);
    if (!number || !limit) return false;
    if (name == "minimum") return *number < *limit;
    if (name == "exclusiveMinimum") return !(*limit < *number);
    if (name == "maximum") return *limit < *number;
    return !(*number < *limit);
  }

  Result<void> look_at_array(const bj::value& value, Schema schema, const std::string& pointer) {
    const bj::array& elements = value.get_array();
    say_if_miscounted(elements.size(), counts_of({schema}, "minItems", "maxItems"),
                      {pointer, "element"});
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::string place = pointer + "/" + std::to_string(i);
      const Demand demand = demand_on_element({schema}, i);
      if (demand.forbidden) say(place, "is one element too many");
      for (const Schema one : demand.forbidden ? Schemas() : demand.schemas)
        HEARTH_TRY(look(elements[i], one, place));
    }
    return {};
  }

  Result<void> look_at_object(const bj::value& value, Schema schema, const std::string& pointer) {
    const bj::object& members = value.get_object();
    say_if_miscounted(members.size(), counts_of({schema}, "minProperties", "maxProperties"),
                      {pointer, "member"});
    for (const std::string_view name : required_of({schema})) {
      if (!members.contains(name)) say(pointer + step_of_pointer(name), "is missing");
    }
    HEARTH_TRY(patterns_->prepare(key_patterns_of({schema})));
    for (const auto& member : members) {
      const std::string_view name(member.key().data(), member.key().size());
      const std::string place = pointer + step_of_pointer(name);
      const Demand demand = demand_on_key({schema}, {name, patterns_->key_matcher(name)});
      if (demand.forbidden) say(place, unknown_member(name, schema));
      for (const Schema one : demand.forbidden ? Schemas() : demand.schemas)
        HEARTH_TRY(look(member.value(), one, place));
    }
    return {};
  }

  static std::string unknown_member(std::string_view name, Schema schema) {
    const std::vector<std::string_view> known = names_of({schema});
    const std::string_view meant = base::nearest(name, known);
    const std::string words = "is not known here";
    return meant.empty() ? words : words + "; did you mean '" + std::string(meant) + "'?";
  }

  Result<void> look_at_applied(const bj::value& value, Schema schema, const std::string& pointer) {
    if (keyword(schema, "$ref") != nullptr) {
      const Schema target = HEARTH_TRY((*read_)->target(schema));
      HEARTH_TRY(look(value, target, pointer));
    }
    if (const bj::value* all = keyword(schema, "allOf")) {
      for (const bj::value& branch : all->get_array())
        HEARTH_TRY(look(value, &branch, pointer));
    }
    for (const char* name : {"anyOf", "oneOf"}) {
      if (const bj::value* ways = keyword(schema, name))
        HEARTH_TRY(look_at_ways(value, *ways, pointer));
    }
    return {};
  }

  // Of ways of which only one is for values of this type, it says what that one misses.
  Result<void> look_at_ways(const bj::value& value, const bj::value& ways,
                            const std::string& pointer) {
    std::size_t fitting = 0;
    Schemas of_its_type;
    for (const bj::value& way : ways.get_array()) {
      if (HEARTH_TRY(judge_->valid(value, &way))) ++fitting;
      if (way.is_object() && (types_of({&way}) & type_of(value)) != 0) of_its_type.push_back(&way);
    }
    if (fitting == 1) return {};
    if (fitting > 1) {
      say(pointer, fmt::format("fits {} ways of which it may fit one", fitting));
    } else if (of_its_type.size() == 1) {
      return look(value, of_its_type.front(), pointer);
    } else {
      say(pointer, fmt::format("fits none of {}", counted(ways.get_array().size(), "way")));
    }
    return {};
  }

  Effort effort_;
  Result<std::unique_ptr<SchemaDocument>> read_;
  std::unique_ptr<Patterns> patterns_;
  std::unique_ptr<Alternatives> alternatives_;
  std::unique_ptr<Judge> judge_;
  std::unique_ptr<Disjoint> disjoint_;
  std::vector<Problem> problems_;
};

DocumentCheck::DocumentCheck(std::unique_ptr<Insides> insides) : insides_(std::move(insides)) {}
DocumentCheck::DocumentCheck(DocumentCheck&&) noexcept = default;
DocumentCheck::~DocumentCheck() = default;

Result<DocumentCheck> DocumentCheck::create(std::string_view schema) {
  auto insides = std::make_unique<Insides>(schema);
  HEARTH_TRY(insides->check_schema());
  return DocumentCheck(std::move(insides));
}

Result<std::vector<Problem>> DocumentCheck::problems(const bj::value& document) {
  return insides_->problems(document);
}

}  // namespace hearth::constraint
