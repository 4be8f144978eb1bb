#include "dialogue/jinja_extent.h"

#include <array>
#include <bit>
#include <string>

namespace hearth::dialogue {

namespace {

using jinja::cast_val;
using jinja::is_val;
using jinja::value;

// The engine lets notes about a value be kept with it, as names of what was done to it. Ours begins
// with a byte that no name begins with, stands first, and is an Extent.
constexpr char kMark = '\x01';
using Bytes = std::array<char, sizeof(Extent)>;

const std::string* note_of(const value& of) {
  const auto& notes = of->stats.ops;
  if (notes.empty() || !notes.begin()->starts_with(kMark)) return nullptr;
  return &*notes.begin();
}

std::uint32_t sum(std::uint32_t a, std::uint64_t b) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(a + b, UINT32_MAX));
}

Extent open_extent(const value& of) {
  Extent extent;
  if (is_val<jinja::value_string>(of)) {
    extent.bytes = sum(0, of->val_str.length());
  } else if (const auto* named = cast_val<jinja::value_kwarg>(of)) {
    extent.hold(extent_of(named->val));
  } else {
    for (const auto& element : of->val_arr) {
      if (!extent.fits()) return extent;
      extent.hold(extent_of(element));
    }
    for (const auto& [key, member] : of->val_obj) {
      if (!extent.fits()) return extent;
      extent.hold(extent_of(key));
      extent.hold(extent_of(member));
    }
  }
  return extent;
}

// By depth-first recursion that ends at what is closed already, and at kDepthMax.
Closing close_at(const value& of, std::uint32_t depth) {
  if (is_val<jinja::value_func>(of)) return Closing::kFunction;
  if (const auto* named = cast_val<jinja::value_kwarg>(of)) return close_at(named->val, depth);
  if (!is_container(of) || is_closed(of)) return Closing::kDone;
  if (depth > kDepthMax) return Closing::kTooLarge;
  for (const auto& element : of->val_arr) {
    if (const auto closed = close_at(element, depth + 1); closed != Closing::kDone) return closed;
  }
  for (const auto& [key, member] : of->val_obj) {
    if (const auto closed = close_at(key, depth + 1); closed != Closing::kDone) return closed;
    if (const auto closed = close_at(member, depth + 1); closed != Closing::kDone) return closed;
  }
  const Extent extent = open_extent(of);
  if (!extent.fits()) return Closing::kTooLarge;
  const auto bytes = std::bit_cast<Bytes>(extent);
  of->stats.ops.insert(kMark + std::string(bytes.data(), bytes.size()));
  return Closing::kDone;
}

}  // namespace

void Extent::hold(const Extent& part) {
  depth = std::max(depth, part.depth + 1);
  nodes = sum(nodes, part.nodes);
  bytes = sum(bytes, part.bytes);
}

bool is_container(const value& of) {
  return is_val<jinja::value_array>(of) || is_val<jinja::value_object>(of);
}

std::size_t text_bytes(const value& of) {
  return is_val<jinja::value_string>(of) ? of->val_str.length() : 0;
}

Extent extent_of(const value& of) {
  const auto* note = note_of(of);
  if (note == nullptr) return open_extent(of);
  Bytes bytes;
  std::copy_n(note->begin() + 1, bytes.size(), bytes.begin());
  return std::bit_cast<Extent>(bytes);
}

Closing close(const value& of) {
  return close_at(of, 0);
}

Closing close_within(const value& of) {
  if (!is_val<jinja::value_array>(of)) return close(of);
  for (const auto& element : of->val_arr) {
    if (const auto closed = close(element); closed != Closing::kDone) return closed;
  }
  return extent_of(of).fits() ? Closing::kDone : Closing::kTooLarge;
}

bool is_closed(const value& of) {
  return note_of(of) != nullptr;
}

}  // namespace hearth::dialogue
