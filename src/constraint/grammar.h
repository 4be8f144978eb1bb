// A grammar made ready to be followed byte by byte: an automaton whose states may call each
// other, deterministic within a rule. Characters became their UTF-8 bytes, so a text may stop
// anywhere, also within a character.
//
// Ownership: shared by everybody who follows it; immutable and thread-safe.
// Errors:    kInvalidArgument for rules that check() refuses, that become too large, or that no
//            finite text satisfies; those of Effort.
#pragma once

#include <memory>

#include "base/result.h"
#include "constraint/automaton.h"
#include "constraint/effort.h"
#include "constraint/rules.h"

namespace hearth::constraint {

class Grammar {
 public:
  static Result<std::shared_ptr<const Grammar>> compile(const Rules& rules);
  static Result<std::shared_ptr<const Grammar>> compile(const Rules& rules, Effort& effort);

  // For this room.
  const Automaton& automaton() const { return automaton_; }

 private:
  explicit Grammar(Automaton automaton) : automaton_(std::move(automaton)) {}

  Automaton automaton_;
};

}  // namespace hearth::constraint
