// For tests: which sanitizer this was built with, for what cannot be tested under it.
#pragma once

namespace hearth::process::testing {

#ifdef HEARTH_SANITIZER_ADDRESS
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

#ifdef HEARTH_SANITIZER_THREAD
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

}  // namespace hearth::process::testing
