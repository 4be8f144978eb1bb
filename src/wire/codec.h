// Values to bytes and back: little-endian, fixed width, strings and lists with a u32 count.
// A message lists its fields once, in a function `fields(archive, message)`, and that one list
// writes and reads it.
//
// Errors: a Reader never reads past its bytes and never allocates more than they could hold; the
// first violation makes it fail for good, and what it yields after that means nothing.
// Threads: thread-compatible.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hearth::wire {

static_assert(std::endian::native == std::endian::little,
              "the wire is little-endian; a big-endian host needs a byte swap in codec.h");

template <typename T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class Writer {
 public:
  static constexpr bool kReading = false;

  template <typename... T>
  void operator()(T&... values) {
    (put(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <Scalar T>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void put(std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
  }
  template <typename T>
  void put(std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <typename T>
  void put(std::vector<T>& list) {
    put(static_cast<std::uint32_t>(list.size()));
    if constexpr (Scalar<T>) {
      bytes_.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T));
    } else {
      for (T& item : list)
        put(item);
    }
  }
  template <typename T>
    requires(!Scalar<T>)
  void put(T& message) {
    fields(*this, message);
  }

  std::string bytes_;
};

class Reader {
 public:
  static constexpr bool kReading = true;

  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  // Everything was there and nothing is left over.
  bool complete() const { return !failed_ && bytes_.empty(); }
  void fail() { failed_ = true; }

 private:
  bool take(void* out, std::size_t size) {
    if (failed_ || bytes_.size() < size) {
      failed_ = true;
      return false;
    }
    if (size > 0) std::memcpy(out, bytes_.data(), size);
    bytes_.remove_prefix(size);
    return true;
  }
  template <Scalar T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;
      if (take(&byte, 1) && byte > 1) failed_ = true;
      value = byte == 1;
    } else {
      take(&value, sizeof value);
    }
  }
  // A count of items, each of at least `item_bytes`, that the remaining bytes can hold.
  std::size_t get_count(std::size_t item_bytes) {
    std::uint32_t count = 0;
    get(count);
    if (failed_ || count > bytes_.size() / item_bytes) {
      failed_ = true;
      return 0;
    }
    return count;
  }
  void get(std::string& text) {
    const std::size_t size = get_count(1);
    text.assign(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
  }
  template <typename T>
  void get(std::optional<T>& value) {
    bool present = false;
    get(present);
    value.reset();
    if (present && !failed_) get(value.emplace());
  }
  template <typename T>
  void get(std::vector<T>& list) {
    if constexpr (Scalar<T>) {
      list.resize(get_count(sizeof(T)));
      take(list.data(), list.size() * sizeof(T));
    } else {
      const std::size_t count = get_count(1);
      list.clear();
      for (std::size_t i = 0; i < count && !failed_; ++i)
        get(list.emplace_back());
    }
  }
  template <typename T>
    requires(!Scalar<T>)
  void get(T& message) {
    fields(*this, message);
  }

  std::string_view bytes_;
  bool failed_ = false;
};

}  // namespace hearth::wire
