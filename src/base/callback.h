// What is called once with the outcome of something asynchronous, and what calls it off.
#pragma once

#include <functional>

#include "base/result.h"

namespace hearth {

template <typename T>
using Callback = std::function<void(Result<T>)>;

// Ends work whose outcome nobody waits for any more: its Callback is not called then. Nothing
// happens when the outcome was there already.
using CallOff = std::function<void()>;

}  // namespace hearth
