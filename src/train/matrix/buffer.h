// A row of numbers that begins at a cache line; large ones lie in large pages, where the system has
// them. It only grows, and what grows is zero everywhere.
//
// Threads: thread-compatible.
// Errors:  none: like a vector, it ends the process when there is no memory at all.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace hearth::train {

// Asks the system to use large pages for this memory; nothing happens where it has none.
void ask_for_large_pages(void* begin, std::size_t bytes);

template <typename T>
class Buffer {
  static_assert(std::is_trivial_v<T>);

 public:
  Buffer() = default;
  explicit Buffer(std::size_t size) { ensure(size); }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        align_(other.align_) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(align_, other.align_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  // At least this many; what was there is gone when it has to grow.
  T* ensure(std::size_t size) {
    if (size <= size_) return data_;
    release();
    const std::size_t bytes = size * sizeof(T);
    align_ = bytes >= kLargePage ? kLargePage : kCacheLine;
    data_ = static_cast<T*>(::operator new(bytes, std::align_val_t(align_)));
    size_ = size;
    if (align_ == kLargePage) ask_for_large_pages(data_, bytes);
    clear();
    return data_;
  }
  void clear() {
    if (data_ != nullptr) std::memset(static_cast<void*>(data_), 0, size_ * sizeof(T));
  }
  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  static constexpr std::size_t kCacheLine = 64;
  static constexpr std::size_t kLargePage = std::size_t{2} << 20;

  void release() {
    if (data_ != nullptr) ::operator delete(data_, std::align_val_t(align_));
    data_ = nullptr;
    size_ = 0;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t align_ = kCacheLine;
};

}  // namespace hearth::train
