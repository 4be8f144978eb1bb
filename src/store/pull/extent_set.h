// Which bytes of a file are there.
//
// Threads:    thread-compatible.
// Invariants: its extents are not empty, do not touch each other and stand in order.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace hearth::store {

// From `begin` up to, and without, `end`.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool empty() const { return begin >= end; }
  std::uint64_t size() const { return empty() ? 0 : end - begin; }
  bool operator==(const Extent&) const = default;
};

class ExtentSet {
 public:
  void add(Extent extent);
  void clear();

  std::uint64_t total() const { return total_; }
  // So many bytes are there from the beginning on, without a gap.
  std::uint64_t prefix() const;
  // The first bytes below `size` that are not there; empty when all are.
  Extent first_gap(std::uint64_t size) const;
  std::vector<Extent> extents() const;
  // What is here and not there.
  std::vector<Extent> without(const ExtentSet& other) const;

  bool operator==(const ExtentSet&) const = default;

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  // by where an extent begins
  std::uint64_t total_ = 0;
};

}  // namespace hearth::store
