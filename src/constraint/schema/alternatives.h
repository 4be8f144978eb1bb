// Schemas that must all hold, with $ref, allOf, anyOf and oneOf taken apart: a document is valid
// when it is valid for all schemas of one alternative, by their own keywords alone.
//
// oneOf counts as anyOf where no document that is written for one branch can be valid for
// another (disjoint.h); elsewhere it is refused.
//
// Errors:  kInvalidArgument: a reference that comes back to itself without a member or element
//          in between; kAlternativesMax; what check_keywords() and disjoint.h refuse.
// Threads: confined to its caller.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "constraint/schema/document.h"

namespace hearth::constraint {

inline constexpr std::size_t kAlternativesMax = 500;
inline constexpr std::size_t kReferencesInRowMax = 200;

class Alternatives {
 public:
  // Says whether no document written for the first is valid for the second, nor the other way.
  using AreDisjoint = std::function<Result<bool>(const Schemas&, const Schemas&)>;
  Alternatives(const SchemaDocument& document, AreDisjoint are_disjoint)
      : document_(document), are_disjoint_(std::move(are_disjoint)) {}

  Result<std::vector<Schemas>> of(const Schemas& schemas);
  // The schema is well-formed and its references end.
  Result<void> check(Schema schema);

 private:
  enum class Seen { kInProgress, kDone };
  struct Fork {
    Schema schema = nullptr;
    const char* keyword = "";
  };

  Result<void> check_within(Schema schema, std::size_t depth);
  Result<std::vector<Schemas>> expand(Schemas pending, Schemas done);
  Result<std::vector<Schemas>> take_fork(const Fork& fork, const Schemas& done);
  Result<void> refuse_overlaps(const Fork& fork, const std::vector<std::vector<Schemas>>& branches);
  Result<void> check_unevaluated(const Schemas& schemas, const std::vector<Schemas>& alternatives);

  const SchemaDocument& document_;
  AreDisjoint are_disjoint_;
  std::unordered_map<Schema, Seen> seen_;
};

}  // namespace hearth::constraint
