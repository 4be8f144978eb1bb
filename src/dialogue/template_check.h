// Whether a template is small and flat enough to be handed to the template engine, which reads and
// runs it recursively and without limits of its own.
//
// What a template does when it runs is watched: jinja_watch.h.
//
// Errors:  kUnimplemented that says which limit.
// Limits:  kTemplateBytesMax, kExpressionBytesMax, kBlockDepthMax. The largest known templates have
//          17 KB, 300 bytes and 10.
// Threads: pure.
#pragma once

#include <string_view>

#include "base/result.h"

namespace hearth::dialogue {

inline constexpr std::size_t kExpressionBytesMax = 4096;  // between {{ and }}, strings apart
inline constexpr std::size_t kBlockDepthMax = 64;         // of if, elif, for and macro

Result<void> check_template(std::string_view text);

}  // namespace hearth::dialogue
