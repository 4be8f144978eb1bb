#include "constraint/grammar.h"

#include <fmt/format.h>

#include "constraint/closure.h"
#include "constraint/determinise.h"
#include "constraint/drafts.h"

namespace hearth::constraint {

namespace {

// Compiles the root and whatever it calls, and nothing else.
class Compiler {
 public:
  Compiler(const Rules& rules, Effort& effort) : rules_(rules), effort_(effort), drafts_(rules) {}

  Result<Automaton> compile() {
    want(rules_.root);
    for (std::size_t next = 0; next < wanted_.size(); ++next) {
      const std::uint32_t rule = wanted_[next];
      const std::size_t first_call = automaton_.calls.size();
      const Draft draft = HEARTH_TRY(drafts_.draft(rule));
      nodes_[rule] = HEARTH_TRY(determinise(draft, automaton_, effort_));
      for (std::size_t i = first_call; i < automaton_.calls.size(); ++i)
        want(automaton_.calls[i].start);
    }
    for (Call& call : automaton_.calls)
      call.start = nodes_[call.start].called;
    automaton_.nodes.push_back({.bytes = static_cast<std::uint32_t>(automaton_.bytes.size()),
                                .calls = static_cast<std::uint32_t>(automaton_.calls.size()),
                                .tokens = static_cast<std::uint32_t>(automaton_.tokens.size())});
    automaton_.token_sets = drafts_.take_token_sets();
    automaton_.start = nodes_[rules_.root].first;
    return std::move(automaton_);
  }

 private:
  void want(std::uint32_t rule) {
    if (drafts_.count() > nodes_.size()) {
      nodes_.resize(drafts_.count());
      is_wanted_.resize(drafts_.count(), 0);
    }
    if (is_wanted_[rule] != 0) return;
    is_wanted_[rule] = 1;
    wanted_.push_back(rule);
  }

  const Rules& rules_;
  Effort& effort_;
  Drafts drafts_;
  Automaton automaton_;
  std::vector<std::uint32_t> wanted_;
  std::vector<char> is_wanted_;
  std::vector<RuleNodes> nodes_;
};

void class_bytes(Automaton& automaton) {
  std::array<bool, 257> cuts{};
  for (const ByteEdge& edge : automaton.bytes) {
    cuts[edge.bytes.first] = true;
    cuts[edge.bytes.last + 1U] = true;
  }
  std::uint8_t place = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    if (byte > 0 && cuts[byte]) ++place;
    automaton.byte_class[byte] = place;
  }
  automaton.byte_classes = place + std::size_t{1};
}

}  // namespace

Result<std::shared_ptr<const Grammar>> Grammar::compile(const Rules& rules) {
  Effort effort;
  return compile(rules, effort);
}

Result<std::shared_ptr<const Grammar>> Grammar::compile(const Rules& rules, Effort& effort) {
  HEARTH_TRY(check(rules));
  Automaton automaton = HEARTH_TRY(Compiler(rules, effort).compile());
  prune(automaton);
  if (automaton.to_end[automaton.start] == kEndless) {
    return fail(Code::kInvalidArgument,
                fmt::format("no text satisfies rule '{}': each of its ways needs itself again, or "
                            "a character that does not exist; give it a way that ends",
                            rules.rules[rules.root].name));
  }
  Stacks stacks;
  if (!Closure(automaton, kWaysMax).add({automaton.start, kBottom}, stacks)) {
    return fail(Code::kInvalidArgument,
                fmt::format("the grammar can begin in more than {} ways at once; make it choose "
                            "between fewer rules, and fewer rules begin with each other",
                            kWaysMax));
  }
  class_bytes(automaton);
  return std::shared_ptr<const Grammar>(new Grammar(std::move(automaton)));
}

}  // namespace hearth::constraint
