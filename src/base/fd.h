// An open file descriptor with one owner, and the reading and writing that every room needs.
//
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hearth::base {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  void reset(int number = -1);

 private:
  int number_ = -1;
};

// A second descriptor of the same open file, closed on exec.
Result<Fd> duplicate(int number);
// This process may have that many open at once. kResourceExhausted where the system keeps it to
// fewer; then it may have as many as that.
Result<void> ensure_descriptors(std::size_t count);
// Opens for reading, closed on exec. Messages name the path and what to do.
Result<Fd> open_for_reading(const std::string& path);
// The whole of a small file. kResourceExhausted when it has more than limit_bytes.
Result<std::string> load_text_file(const std::string& path, std::size_t limit_bytes);
// Writes everything, however often the kernel takes only a part.
Result<void> write_all(int fd, std::string_view content);

// An Error from errno: kNotFound, kPermissionDenied, kResourceExhausted (no space, no
// descriptors), otherwise kUnavailable. `what` is a sentence without its full stop.
Error errno_error(int error_number, std::string what, std::string context = {});

}  // namespace hearth::base

namespace hearth {
using base::Fd;
}
