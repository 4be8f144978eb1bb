// Where the body of a request goes piece by piece, when it may be too large for memory.
//
// Ownership: the request has it; what it has not finished when it goes, it throws away.
// Threads:   confined to the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace hearth::net {

struct HttpRequest;

class BodyTaker {
 public:
  virtual ~BodyTaker() = default;
  // Returns when there is room for more. With an error the request is refused.
  virtual boost::asio::awaitable<Result<void>> take(std::string piece) = 0;
};

// Asked when the head of a request has come. nullptr where its body is read into memory, within the
// limits.
using BodyTakers = std::function<std::shared_ptr<BodyTaker>(const HttpRequest& head)>;

}  // namespace hearth::net
