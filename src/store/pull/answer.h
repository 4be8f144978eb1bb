// What a server's answer to a request for a file, or for a range of it, means. Nothing it says is
// taken on trust: sizes are held against what was promised and against each other.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "net/web/web.h"
#include "store/pull/extent_set.h"

namespace hearth::store {

struct Expected {
  std::optional<Extent> range;       // that was asked for; nothing: the whole file
  std::uint64_t promised_bytes = 0;  // the file's size as the hub has it; 0: nobody says
  std::uint64_t known_bytes = 0;     // its size as an earlier answer had it; 0: none
  std::string validator;             // of what is there already; empty: any will do
};

struct Answer {
  enum class Kind : std::uint8_t {
    kRange,    // `body` follows: what was asked for, or the first part of it
    kWhole,    // the file follows from its beginning; the server has no ranges
    kChanged,  // it is another file by now
    kLater,    // not now: worth another try
    kRefused,
  };
  Kind kind = Kind::kRefused;
  Extent body;                   // of kRange; of kWhole too, where its length is known
  std::uint64_t size_bytes = 0;  // of the file; 0: not known
  std::string validator;         // its ETag, or else its Last-Modified
  Error error;                   // of the last three
  std::optional<std::int64_t> retry_after_ms;
};

Answer judge_answer(const net::WebHead& head, const Expected& expected);

// How long the server wants to be left alone; nothing when it does not say, or says a date.
std::optional<std::int64_t> retry_after_of(const net::WebHead& head);

// What a request can hold a range against (If-Range): nothing for a weak ETag.
std::optional<std::string> if_range_of(const std::string& validator);

// "example.org" of a URL, for messages.
std::string host_of(const std::string& url);

}  // namespace hearth::store
