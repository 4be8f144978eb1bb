// How much of the KV pool is taken, when sequences share their beginnings. Cells that were copied
// from another sequence are the same cells, so each is counted once, however many hold it.
//
// Who computed a cell first is its origin; a sequence that is admitted again is a new origin. What
// one origin computed begins at one place, and everyone who shares it holds it from there, so the
// cells of an origin are as many as its longest holder has.
//
// Threads: values; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hearth::engine {

struct Run {
  std::uint64_t origin = 0;
  std::size_t from = 0;
  std::size_t to = 0;
  bool operator==(const Run&) const = default;
};

// What one sequence holds: one run after the other, from 0 on.
using Holding = std::vector<Run>;

// The first `tokens` of it. REQUIRES: it has that many.
Holding first_of(const Holding& holding, std::size_t tokens);

// The cells that these take together.
std::size_t cells(std::span<const Holding> holdings);

}  // namespace hearth::engine
