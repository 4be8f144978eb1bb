// SHA-256 of bytes as they come.
//
// Threads: thread-compatible.
// Errors:  kInternal when OpenSSL has no SHA-256.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

class Sha256 {
 public:
  static Result<Sha256> begin();

  void add(std::string_view bytes);
  // In lower-case hexadecimal digits. Ends it.
  std::string finish() &&;

 private:
  struct Free {
    void operator()(void* state) const;
  };
  explicit Sha256(std::unique_ptr<void, Free> state) : state_(std::move(state)) {}

  std::unique_ptr<void, Free> state_;  // OpenSSL's
};

}  // namespace hearth::store
