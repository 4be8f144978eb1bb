// Writes the rules of a schema: one for each set of schemas that must hold at one place of a
// document. The sets are found on the way, so that each is written once however often it is
// referred to, and recursion is a rule that names itself.
//
// Errors:  kInvalidArgument: what is not supported, at its JSON pointer.
// Limits:  kSchemaRulesMax rules; what document.h and alternatives.h bound.
// Threads: confined to its caller.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "constraint/arguments.h"
#include "constraint/rules.h"
#include "constraint/schema/alternatives.h"
#include "constraint/schema/demands.h"
#include "constraint/schema/disjoint.h"
#include "constraint/schema/document.h"
#include "constraint/schema/json_text.h"
#include "constraint/schema/judge.h"
#include "constraint/schema/patterns.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

inline constexpr std::size_t kEnumMax = 20'000;  // values of one enum

inline constexpr std::size_t kUniqueValuesMax = 8;
inline constexpr std::size_t kKeyPatternsMax = 6;  // different ones of patternProperties at once
inline constexpr std::size_t kCountedStatesMax = 5'000;  // of members that are counted
// Of an edge of a set of strings, whose characters are written with their escapes.
inline constexpr std::size_t kStepsOfEdge = 10;

class SchemaRules {
 public:
  explicit SchemaRules(const SchemaDocument& document, Notation notation = Notation::kJson);

  Result<Rules> write();
  // What the schema allows of these types only.
  Result<Rules> write(Types types);
  Result<Rules> write_arguments(const ArgumentList& list);

 private:
  using Expressions = std::vector<Expression>;

  Result<void> check_size() const;
  // `nothing` says why when no text fits.
  Result<Rules> finish(std::string_view nothing);

  // The rule of documents that are valid for all of these.
  Expression value(const Schemas& schemas);
  Result<Expression> body(const Schemas& schemas);
  Result<Expression> alternative(const Schemas& schemas, Types types = kAllTypes);
  Result<Expression> listed(const Schemas& schemas, Types types);
  // The same, where only values of these types can be written.
  Result<Expression> value_of_types(const Schemas& schemas, Types types);

  Result<Expression> string(const Schemas& schemas);
  // A keyword that says a set of strings.
  struct Source {
    Said said;
    std::string_view keyword;
  };
  Result<std::vector<Source>> sources(const Schemas& schemas);
  Result<Expression> combined_content(const Schemas& schemas, const Counts& lengths);
  Result<StringSet> string_set(const Schemas& schemas);

  Result<Expression> array(const Schemas& schemas);
  Result<Expression> unique_array(const Schemas& schemas, const Counts& counts);

  struct Member {
    Expression written;
    bool required = false;
  };
  struct NamedDemand {
    std::string_view name;
    Schemas schemas;
    bool required = false;
  };
  // Members by any keys, after those with names.
  struct FreeMembers {
    Expression written;
    bool allowed = false;
  };
  Result<Expression> object(const Schemas& schemas);
  // Nothing when one that is required can never be there.
  Result<std::optional<std::vector<NamedDemand>>> named_demands(const Schemas& schemas);
  Result<std::optional<std::vector<Member>>> members(const Schemas& schemas);
  // What values must be behind keys that match these patterns and no others, in bits.
  using Matched = std::map<std::uint32_t, Schemas>;
  Result<Matched> free_demands(const Schemas& schemas, const std::vector<Said>& patterns);
  Result<FreeMembers> free_members(const Schemas& schemas);
  Result<Expression> free_member(const Schemas& schemas, const std::vector<Said>& patterns,
                                 const Matched& matched);
  // Keys that are none of the names and suit propertyNames.
  Result<StringSet> free_keys(const Schemas& schemas);
  Result<StringSet> strings_of_key(Schema schema);
  Expression member_list(const std::vector<Member>& members, const FreeMembers& free);
  Error too_many_members(const Schemas& schemas, std::size_t members, std::uint64_t bound) const;
  Result<Expression> counted_members(const Schemas& schemas, const std::vector<Member>& members,
                                     const FreeMembers& free);

  // Counts what was written since there were so many rules, and in this one.
  Result<void> count(std::size_t since, std::uint32_t place);

  // Remembers the first name that is required and cannot be written: the reason, if nothing can.
  void note_unwritten(const Schemas& schemas, std::string_view name);

  // As the notation has it; nothing for what it cannot write.
  std::optional<Expression> written_key(std::string_view name) const;
  std::optional<Expression> written_value(const boost::json::value& value) const;
  Result<StringSet> writable_keys(StringSet keys) const;
  // `behind` is what stands behind keys of a kind.
  Expression written_keys(const StringSet& keys, const WriteEnd& behind);
  Result<Expression> gemma_string(const Schemas& schemas);

  // Arguments that are written one by one.
  struct Item {
    Expression written;
    bool required = false;
  };
  Result<Expression> argument_list(const Schemas& schemas, const ArgumentList& list);
  Result<Expression> argument(const Schemas& schemas, const std::vector<Writing>& writings);
  Result<Expression> written_as(const Schemas& schemas, const Writing& writing, Types taken);
  Result<Expression> items(const Schemas& schemas, const Writing& writing);
  Expression in_any_order(const std::vector<Item>& items, std::size_t before, const Counts& counts,
                          const Expression& between);
  Result<Expression> in_order(const std::vector<Item>& items, std::size_t before,
                              const Counts& counts, const Expression& between);
  // The rule of that name that the caller fills.
  Expression outside(const std::string& name);

  // Strings as they are, up to the mark behind them.
  Result<Expression> raw(const Schemas& schemas, const Writing& writing, Types taken);
  struct RawPlace {
    const Writing& writing;
    const StringSet& writable;
    Types taken = 0;  // a reader would take what looks like these for a value of these
  };
  Result<Expression> raw_content(const Schemas& schemas, const RawPlace& place);
  Result<Expression> raw_without_mark(const Schemas& schemas, const RawPlace& place);

  // What went wrong with sets of strings, at the place that asked for them.
  Result<StringSet> named(Schema schema, std::string_view name, Result<StringSet> set) const;
  // The first of the schemas that has the keyword.
  static Schema having(const Schemas& schemas, std::string_view name);

  const SchemaDocument& document_;
  Notation notation_;
  Patterns patterns_;
  Alternatives alternatives_;
  Judge judge_;
  Disjoint disjoint_;
  Rules rules_;
  JsonRules json_;
  std::map<Schemas, std::uint32_t> places_;  // by the schemas in the order of their addresses
  std::vector<std::pair<Schemas, std::uint32_t>> pending_;
  std::size_t expressions_ = 0;
  std::map<std::string, std::uint32_t> outside_;  // by their names
  std::optional<Error> unwritten_;
};

}  // namespace hearth::constraint
