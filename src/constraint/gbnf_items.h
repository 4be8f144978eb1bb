// The smallest parts of a grammar's text: a literal, a class of characters, a token, how often
// something is repeated. Each begins where the cursor stands and leaves it right behind.
//
// Errors:  kInvalidArgument that names the place and what was expected there.
// Threads: pure.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "constraint/gbnf.h"
#include "constraint/gbnf_cursor.h"
#include "constraint/rules.h"

namespace hearth::constraint {

// "text"
Result<Expression> read_literal(GbnfCursor& cursor);
// [a-z] or [^a-z]
Result<Expression> read_class(GbnfCursor& cursor);
// <[1000]> or <think>, and either behind '!'
Result<Expression> read_token(GbnfCursor& cursor, const FindToken& find_token);

struct Times {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};
// * + ? {m} {m,} {m,n}
Result<Times> read_times(GbnfCursor& cursor, GbnfCursor::Blanks blanks);

}  // namespace hearth::constraint
