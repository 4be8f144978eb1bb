#include "gguf/header_reader.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/utf8.h"
#include "gguf/limits.h"

namespace hearth::gguf {

Failure corrupt_file(const std::string& name, std::string_view what) {
  constexpr std::size_t kMaxShownBytes = 400;
  std::string shown = base::repair_utf8(what.substr(0, kMaxShownBytes));
  if (what.size() > kMaxShownBytes) shown += "…";
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; },
      '?');
  return fail(Code::kCorrupt,
              fmt::format("'{}' is damaged or not a model: {}; fetch it again", name, shown), name);
}

Result<void> HeaderReader::refill() {
  const std::uint64_t count = std::min<std::uint64_t>(kReadChunkBytes, remaining());
  buffer_.resize(count);
  buffer_at_ = 0;
  const std::size_t got = HEARTH_TRY(source_.read_at(position_, buffer_));
  buffer_.resize(got);
  return {};
}

Result<void> HeaderReader::append(std::string& into, std::uint64_t count, std::string_view what) {
  if (count > remaining()) {
    return corrupt(fmt::format("it ends within {} ({} bytes wanted at {}, {} left)", what, count,
                               position_, remaining()));
  }
  if (position_ + count > kMaxHeaderBytes) {
    return corrupt(fmt::format("its header has more than {} bytes", kMaxHeaderBytes));
  }
  while (count > 0) {
    if (buffer_at_ == buffer_.size()) HEARTH_TRY(refill());
    const std::size_t part = std::min<std::uint64_t>(count, buffer_.size() - buffer_at_);
    if (part == 0) return corrupt(fmt::format("it became shorter while {} was read", what));
    into.append(buffer_.data() + buffer_at_, part);
    buffer_at_ += part;
    position_ += part;
    count -= part;
  }
  return {};
}

template <typename T>
Result<T> HeaderReader::read_number(std::string_view what) {
  T number;
  if (buffer_.size() - buffer_at_ >= sizeof number) {  // the usual way, without a copy
    std::memcpy(&number, buffer_.data() + buffer_at_, sizeof number);
    buffer_at_ += sizeof number;
    position_ += sizeof number;
    return number;
  }
  std::string bytes;
  HEARTH_TRY(append(bytes, sizeof number, what));
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

Result<std::uint32_t> HeaderReader::read_u32(std::string_view what) {
  return read_number<std::uint32_t>(what);
}

Result<std::uint64_t> HeaderReader::read_u64(std::string_view what) {
  return read_number<std::uint64_t>(what);
}

Result<std::string> HeaderReader::read_text(std::string_view what, std::uint64_t limit_bytes) {
  const std::uint64_t length = HEARTH_TRY(read_u64(what));
  if (length > limit_bytes) {
    return corrupt(fmt::format("{} claims {} bytes, more than {}", what, length, limit_bytes));
  }
  std::string text;
  HEARTH_TRY(append(text, length, what));
  return text;
}

Result<ValueType> HeaderReader::read_type(std::string_view key) {
  const std::uint32_t number = HEARTH_TRY(read_u32(key));
  if (number >= kValueTypes) {
    return corrupt(fmt::format("the type of '{}' is {}, which is none", key, number));
  }
  return static_cast<ValueType>(number);
}

Result<Value> HeaderReader::read_value(std::string_view key) {
  const ValueType type = HEARTH_TRY(read_type(key));
  if (type == ValueType::kString) return Value(HEARTH_TRY(read_text(key, kMaxStringBytes)));
  if (type == ValueType::kArray) return Value(HEARTH_TRY(read_array(key)));
  std::string bytes;
  HEARTH_TRY(append(bytes, number_bytes(type), key));
  return Value(type, decode_number(type, bytes.data()));
}

Result<Array> HeaderReader::read_array(std::string_view key) {
  const ValueType element = HEARTH_TRY(read_type(key));
  const std::uint64_t count = HEARTH_TRY(read_u64(key));
  if (element == ValueType::kArray) {
    return corrupt(fmt::format("'{}' is an array of arrays, which no model needs", key));
  }
  if (count > kMaxArrayElements) {
    return corrupt(fmt::format("the array '{}' claims {} elements, more than {}", key, count,
                               kMaxArrayElements));
  }
  if (element == ValueType::kString) return read_text_array(key, count);
  std::string bytes;
  HEARTH_TRY(append(bytes, count * number_bytes(element), key));
  return Array::of_numbers(element, std::move(bytes));
}

Result<Array> HeaderReader::read_text_array(std::string_view key, std::uint64_t count) {
  if (count > remaining() / sizeof(std::uint64_t)) {
    return corrupt(fmt::format("the array '{}' claims {} texts, and {} bytes are left", key, count,
                               remaining()));
  }
  std::string texts;
  std::vector<std::uint32_t> ends;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t length = HEARTH_TRY(read_u64(key));
    HEARTH_TRY(append(texts, length, key));
    ends.push_back(static_cast<std::uint32_t>(texts.size()));
  }
  texts.shrink_to_fit();
  ends.shrink_to_fit();
  return Array::of_texts(std::move(texts), std::move(ends));
}

}  // namespace hearth::gguf
