// Can a document that is written for some schemas be valid for others? What is written for
// schemas is less than what is valid for them: no members that nobody asked for. So the question
// has a direction.
//
// A false is always safe: it only says that no proof was found.
//
// Errors:  kInvalidArgument for what the schemas themselves are refused for.
// Threads: confined to its caller.
#pragma once

#include "base/result.h"
#include "constraint/schema/alternatives.h"
#include "constraint/schema/document.h"
#include "constraint/schema/judge.h"
#include "constraint/schema/patterns.h"

namespace hearth::constraint {

inline constexpr int kDisjointDepthMax = 4;  // members within members that are looked at

class Disjoint {
 public:
  Disjoint(const SchemaDocument& document, Alternatives& alternatives, Patterns& patterns,
           Judge& judge)
      : document_(document), alternatives_(alternatives), patterns_(patterns), judge_(judge) {}

  // REQUIRES: alternatives (alternatives.h).
  Result<bool> disjoint(const Schemas& one, const Schemas& other);

 private:
  Result<bool> excludes(const Schemas& written, const Schemas& other, int depth);
  Result<std::optional<bool>> listed_excludes(const Schemas& listed, const Schemas& other);
  Result<bool> type_excluded(Types type, const Schemas& written, const Schemas& other, int depth);
  Result<bool> objects_excluded(const Schemas& written, const Schemas& other, int depth);
  Result<bool> members_excluded(const Schemas& written, const Schemas& other, int depth);

  const SchemaDocument& document_;
  Alternatives& alternatives_;
  Patterns& patterns_;
  Judge& judge_;
};

}  // namespace hearth::constraint
