#include "constraint/schema/alternatives.h"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "constraint/schema/keywords.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

constexpr const char* kForks[] = {"anyOf", "oneOf"};

bool is_true(const bj::value* value) {
  return value == nullptr || (value->is_bool() && value->get_bool());
}

bool is_false(const bj::value* value) {
  return value->is_bool() && !value->get_bool();
}

}  // namespace

Result<void> Alternatives::check(Schema schema) {
  return check_within(schema, 0);
}

Result<void> Alternatives::check_within(Schema schema, std::size_t depth) {
  const auto [seen, fresh] = seen_.try_emplace(schema, Seen::kInProgress);
  if (!fresh) {
    if (seen->second == Seen::kDone) return {};
    return fail(document_.wrong(schema, "", "refers to itself without end"));
  }
  HEARTH_TRY(check_keywords(document_, schema));
  if (depth > kReferencesInRowMax) {
    return fail(document_.wrong(
        schema, "", fmt::format("more than {} references in a row", kReferencesInRowMax)));
  }
  if (keyword(schema, "$ref") != nullptr) {
    const Schema target = HEARTH_TRY(document_.target(schema));
    HEARTH_TRY(check_within(target, depth + 1));
  }
  for (const char* name : {"allOf", "anyOf", "oneOf"}) {
    const bj::value* branches = keyword(schema, name);
    if (branches == nullptr) continue;
    for (const bj::value& branch : branches->get_array()) {
      HEARTH_TRY(check_within(&branch, depth + 1));
    }
  }
  seen_[schema] = Seen::kDone;
  return {};
}

Result<std::vector<Schemas>> Alternatives::of(const Schemas& schemas) {
  std::vector<Schemas> all = HEARTH_TRY(expand(schemas, {}));
  HEARTH_TRY(check_unevaluated(schemas, all));
  // Two that hold the same schemas, in whatever order, are one.
  std::set<Schemas> known;
  std::erase_if(all, [&known](Schemas alternative) {
    std::sort(alternative.begin(), alternative.end());
    return !known.insert(std::move(alternative)).second;
  });
  return all;
}

Result<std::vector<Schemas>> Alternatives::expand(Schemas pending, Schemas done) {
  std::vector<Fork> forks;
  for (std::size_t at = 0; at < pending.size(); ++at) {
    const Schema schema = pending[at];
    HEARTH_TRY(document_.step());
    HEARTH_TRY(check(schema));
    if (is_false(schema)) return std::vector<Schemas>{};
    if (schema->is_bool() || std::ranges::find(done, schema) != done.end()) continue;
    done.push_back(schema);
    if (keyword(schema, "$ref") != nullptr) {
      pending.push_back(HEARTH_TRY(document_.target(schema)));
    }
    if (const bj::value* all = keyword(schema, "allOf")) {
      for (const bj::value& branch : all->get_array())
        pending.push_back(&branch);
    }
    for (const char* name : kForks) {
      if (keyword(schema, name) != nullptr) forks.push_back({schema, name});
    }
  }
  std::vector<Schemas> ways{std::move(done)};
  for (const Fork& fork : forks) {
    std::vector<Schemas> further;
    for (const Schemas& way : ways) {
      std::vector<Schemas> more = HEARTH_TRY(take_fork(fork, way));
      std::move(more.begin(), more.end(), std::back_inserter(further));
      if (further.size() > kAlternativesMax) {
        return fail(document_.wrong(
            fork.schema, fork.keyword,
            fmt::format("comes to more than {} combinations with the others", kAlternativesMax)));
      }
    }
    ways = std::move(further);
  }
  return ways;
}

Result<std::vector<Schemas>> Alternatives::take_fork(const Fork& fork, const Schemas& done) {
  std::vector<std::vector<Schemas>> branches;
  std::vector<Schemas> all;
  for (const bj::value& branch : keyword(fork.schema, fork.keyword)->get_array()) {
    branches.push_back(HEARTH_TRY(expand({&branch}, done)));
    all.insert(all.end(), branches.back().begin(), branches.back().end());
  }
  if (fork.keyword == std::string_view("oneOf")) {
    HEARTH_TRY(refuse_overlaps(fork, branches));
  }
  return all;
}

Result<void> Alternatives::refuse_overlaps(const Fork& fork,
                                           const std::vector<std::vector<Schemas>>& branches) {
  for (std::size_t i = 0; i < branches.size(); ++i) {
    for (std::size_t j = i + 1; j < branches.size(); ++j) {
      for (const Schemas& one : branches[i]) {
        for (const Schemas& other : branches[j]) {
          HEARTH_TRY(document_.step());
          if (HEARTH_TRY(are_disjoint_(one, other))) continue;
          return fail(document_.wrong(
              fork.schema, "oneOf",
              fmt::format("a document may be valid for branches {} and {} at once, which oneOf "
                          "forbids; write anyOf, or give each branch a required property with a "
                          "const of its own",
                          i, j)));
        }
      }
    }
  }
  return {};
}

// unevaluatedProperties and unevaluatedItems see what the schema they stand in takes apart. So
// they are exact where all schemas of an alternative come out of that one.
Result<void> Alternatives::check_unevaluated(const Schemas& schemas,
                                             const std::vector<Schemas>& alternatives) {
  Schema origin = schemas.size() == 1 ? schemas.front() : nullptr;
  while (origin != nullptr && is_only_reference(origin)) {
    origin = HEARTH_TRY(document_.target(origin));
  }
  for (const Schemas& alternative : alternatives) {
    for (const Schema schema : alternative) {
      for (const char* name : {"unevaluatedProperties", "unevaluatedItems"}) {
        const bj::value* value = keyword(schema, name);
        if (is_true(value) || (schema == origin && is_false(value))) continue;
        return fail(document_.wrong(
            schema, name,
            fmt::format("{} is supported as true, or as false in the outermost schema of a value",
                        name)));
      }
    }
  }
  return {};
}

}  // namespace hearth::constraint
