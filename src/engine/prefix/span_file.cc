#include "engine/prefix/span_file.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "engine/limits.h"
#include "wire/codec.h"

namespace hearth::engine::prefix {

template <typename Archive>
void fields(Archive& archive, SpanHeader& h) {
  archive(h.model, h.scope, h.first, h.tokens, h.state_bytes, h.state_sum[0], h.state_sum[1]);
}

namespace {

constexpr std::string_view kMagic = "HPREFIX1";
// A context of the largest size, and some for the names.
constexpr std::uint32_t kHeaderBytesMax = kContextMax * sizeof(Token) + 64 * 1024;

XXH128_hash_t sum_of(std::string_view bytes) {
  return XXH3_128bits(bytes.data(), bytes.size());
}

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T read_at(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

std::string encode_header(SpanHeader& header, std::string_view state) {
  const XXH128_hash_t sum = sum_of(state);
  header.state_bytes = state.size();
  header.state_sum[0] = sum.low64;
  header.state_sum[1] = sum.high64;
  wire::Writer writer;
  writer(header);
  const std::string body = writer.take();
  const XXH128_hash_t own = sum_of(body);
  std::string bytes(kMagic);
  append(bytes, static_cast<std::uint32_t>(body.size()));
  append(bytes, own.low64);
  append(bytes, own.high64);
  return bytes + body;
}

Result<std::size_t> header_bytes(std::string_view prelude) {
  if (prelude.size() < kPreludeBytes || !prelude.starts_with(kMagic)) {
    return fail(Code::kCorrupt, "no span file");
  }
  const auto size = read_at<std::uint32_t>(prelude, kMagic.size());
  if (size > kHeaderBytesMax) return fail(Code::kCorrupt, "a span file with too large a header");
  return kPreludeBytes + size;
}

Result<SpanHeader> decode_header(std::string_view bytes, std::string_view model) {
  const std::size_t size = HEARTH_TRY(header_bytes(bytes));
  if (bytes.size() < size) return fail(Code::kCorrupt, "a span file that is cut off");
  const std::string_view body = bytes.substr(kPreludeBytes, size - kPreludeBytes);
  const XXH128_hash_t sum = sum_of(body);
  if (sum.low64 != read_at<std::uint64_t>(bytes, kMagic.size() + 4) ||
      sum.high64 != read_at<std::uint64_t>(bytes, kMagic.size() + 12)) {
    return fail(Code::kCorrupt, "a span file with a damaged header");
  }
  wire::Reader reader(body);
  SpanHeader header;
  reader(header);
  if (!reader.complete() || header.first >= header.tokens.size()) {
    return fail(Code::kCorrupt, "a span file with a header that says nothing");
  }
  if (header.model != model) return fail(Code::kNotFound, "a span of another model");
  return header;
}

Result<void> check_state(const SpanHeader& header, std::string_view state) {
  const XXH128_hash_t sum = sum_of(state);
  if (state.size() != header.state_bytes || sum.low64 != header.state_sum[0] ||
      sum.high64 != header.state_sum[1]) {
    return fail(Code::kCorrupt, "a span file whose content is damaged");
  }
  return {};
}

std::string file_name(const SpanHeader& header) {
  wire::Writer writer;
  SpanHeader key{header.model, header.scope, header.first, header.tokens, 0, {0, 0}};
  writer(key);
  const XXH128_hash_t sum = sum_of(writer.take());
  char name[48];
  std::snprintf(name, sizeof name, "%016" PRIx64 "%016" PRIx64 ".span", sum.high64, sum.low64);
  return name;
}

}  // namespace hearth::engine::prefix
