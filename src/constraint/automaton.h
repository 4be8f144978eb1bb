// What a grammar was compiled to: nodes joined by bytes, by calls of other rules and by tokens.
// Within a rule there is one way for a text, except where that would need too many nodes; calls
// that begin alike are ways beside each other.
//
// Threads:    immutable once compiled.
// Invariants: from every node an end can be reached. A call takes at least one byte or token
//             before it returns, and no chain of calls comes back to its own beginning, so what
//             can be reached without a byte is finite.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "constraint/rules.h"
#include "constraint/utf8_ranges.h"

namespace hearth::constraint {

inline constexpr std::size_t kNodesMax = 200'000;
inline constexpr std::size_t kEdgesMax = 2'000'000;

// How far it is to an end. A token counts as farther than any text, since its bytes are unknown.
struct Distance {
  std::uint32_t tokens = 0;
  std::uint64_t bytes = 0;
  auto operator<=>(const Distance&) const = default;
};
inline constexpr Distance kEndless{UINT32_MAX, UINT64_MAX};
// Sums stop there: ends that are farther are all alike, and all out of reach.
inline constexpr Distance kFarthest{1U << 20U, std::uint64_t{1} << 40U};
Distance operator+(const Distance& a, const Distance& b);

struct ByteEdge {
  ByteRange bytes;
  std::uint32_t to;
};
struct Call {
  std::uint32_t start;  // the called rule's first node
  std::uint32_t to;
};
struct TokenEdge {
  std::uint32_t tokens;  // the place of the TokenSet
  std::uint32_t to;
};
struct TokenSet {
  std::vector<Token> tokens;  // in order
  bool others = false;        // all but these
  bool has(Token token) const;
  bool operator==(const TokenSet&) const = default;
};

struct Node {
  std::uint32_t bytes = 0;  // where its edges begin; they end where the next node's begin
  std::uint32_t calls = 0;
  std::uint32_t tokens = 0;
  bool ends = false;  // its rule's text may end here
};

struct Automaton {
  std::vector<Node> nodes;  // and one behind the last
  std::vector<ByteEdge> bytes;
  std::vector<Call> calls;
  std::vector<TokenEdge> tokens;
  std::vector<TokenSet> token_sets;
  std::vector<Distance> to_end;  // of each node, to the end of its rule
  std::uint32_t start = 0;
  // Bytes that no edge tells apart have one class.
  std::array<std::uint8_t, 256> byte_class = {};
  std::size_t byte_classes = 0;

  std::size_t size() const { return nodes.size() - 1; }
  std::span<const ByteEdge> bytes_of(std::uint32_t node) const {
    return std::span(bytes).subspan(nodes[node].bytes, nodes[node + 1].bytes - nodes[node].bytes);
  }
  std::span<const Call> calls_of(std::uint32_t node) const {
    return std::span(calls).subspan(nodes[node].calls, nodes[node + 1].calls - nodes[node].calls);
  }
  std::span<const TokenEdge> tokens_of(std::uint32_t node) const {
    return std::span(tokens).subspan(nodes[node].tokens,
                                     nodes[node + 1].tokens - nodes[node].tokens);
  }
  bool takes_bytes(std::uint32_t node) const { return nodes[node].bytes != nodes[node + 1].bytes; }
  bool takes_tokens(std::uint32_t node) const {
    return nodes[node].tokens != nodes[node + 1].tokens;
  }
  // The rule ends here and nothing else can happen.
  bool only_ends(std::uint32_t node) const {
    return !takes_bytes(node) && !takes_tokens(node) && calls_of(node).empty();
  }
};

// Finds how far each node is from its rule's end, and takes out what leads to no end.
void prune(Automaton& automaton);

}  // namespace hearth::constraint
