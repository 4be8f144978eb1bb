// What carries bytes over a connected socket: as they are, or encrypted. Every step is an attempt
// that never waits; one that could not go on says what for, and whoever made it waits for the
// socket and tries again.
//
// Ownership: borrows the descriptor, which does not block and outlives it.
// Threads:   confined to the loop.
// Errors:    a Step that needs kEnd: nothing more can be read or written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::net {

class Carrier {
 public:
  using Pieces = std::array<std::string_view, 3>;
  // What has to happen before the next attempt of this kind.
  enum class Need : std::uint8_t { kNothing, kReadable, kWritable, kEnd };
  struct Step {
    std::size_t bytes = 0;
    Need need = Need::kNothing;
    std::string problem = {};  // why it is the end
  };

  virtual ~Carrier() = default;

  // Both sides agree on how bytes are carried. Needs nothing when requests may come.
  virtual Step open() = 0;
  // REQUIRES: open() needed nothing; room is not empty.
  virtual Step read(std::span<char> room) = 0;
  // The front of the pieces, as much as goes now; what it needs is needed by the rest. A rest has
  // to be offered again as it is. REQUIRES: open() needed nothing; the pieces are not all empty.
  virtual Step write(const Pieces& pieces) = 0;
  // read() would give bytes although the socket has none.
  virtual bool holds_bytes() const = 0;
  // Tells the peer that nothing more comes, if that can be said at once.
  virtual void say_goodbye() = 0;
};

using CarrierMaker = std::function<Result<std::unique_ptr<Carrier>>(int fd)>;

// As they are.
std::unique_ptr<Carrier> make_plain_carrier(int fd);

}  // namespace hearth::net
