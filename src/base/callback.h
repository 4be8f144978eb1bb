// What is called once with the outcome of something asynchronous.
#pragma once

#include <functional>

#include "base/result.h"

namespace hearth {

template <typename T>
using Callback = std::function<void(Result<T>)>;

}  // namespace hearth
