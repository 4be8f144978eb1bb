// What whoever waits for an answer is told of the calls that were made for it: their beginnings.
// All of it is the model's and strangers' text, and as long as a line or two.
//
// Threads: values; pure.
// Limits:  kNewsBytesMax of each text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chat/request.h"
#include "tool/outcome.h"

namespace hearth::agent {

inline constexpr std::size_t kNewsBytesMax = 400;

struct CallNews {
  std::uint32_t round = 1;
  std::string id;
  std::string name;
  std::string arguments;
  std::optional<tool::Status> status = {};  // empty: it begins
  std::string output = {};
  std::string error = {};
  bool operator==(const CallNews&) const = default;
};

CallNews begun(std::uint32_t round, const chat::ToolCall& call);
CallNews ended(std::uint32_t round, const chat::ToolCall& call, const tool::Outcome& outcome);

// Its first bytes, without half a character at the end, and a mark where something is left out.
std::string beginning_of(std::string_view text, std::size_t bytes_max);

}  // namespace hearth::agent
