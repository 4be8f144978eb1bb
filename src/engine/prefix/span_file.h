// The file of one span: what was computed for some tokens, so that a restart keeps it. The format
// is docs/formats/prefix-span.md.
//
// Errors:  kCorrupt for bytes that are not what was written, whichever of them; kNotFound for a
//          file of another model, version or machine, which is as good as none.
// Threads: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/token.h"

namespace hearth::engine::prefix {

struct SpanHeader {
  std::string model;          // what the bytes depend on beside the tokens
  std::string scope;          // who may use it
  std::uint32_t first = 0;    // the span is tokens[first …]
  std::vector<Token> tokens;  // the whole prompt up to its end
  std::uint64_t state_bytes = 0;
  std::uint64_t state_sum[2] = {0, 0};
};

// Everything that goes before the state; sets what the header says of it.
std::string encode_header(SpanHeader& header, std::string_view state);

// How many bytes the header has, from the first kPreludeBytes of the file.
inline constexpr std::size_t kPreludeBytes = 28;
Result<std::size_t> header_bytes(std::string_view prelude);
Result<SpanHeader> decode_header(std::string_view bytes, std::string_view model);
Result<void> check_state(const SpanHeader& header, std::string_view state);

// The name of the file, which says all that tells one span from another.
std::string file_name(const SpanHeader& header);

}  // namespace hearth::engine::prefix
