// Names of the Hugging Face hub, without the host: what people type, and what they copy out of
// their browser.
//
// Threads: pure.
// Errors:  kInvalidArgument, as in name_rules.h.
// Limits:  below; the characters are those of the hub.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/name/source.h"

namespace hearth::store {

inline constexpr std::size_t kRepositoryBytesMax = 96;  // of the owner, and of the repository
inline constexpr std::size_t kRevisionBytesMax = 128;
inline constexpr std::string_view kMainRevision = "main";

// OWNER/REPOSITORY, then @REVISION and one of :QUANT, :PATH.gguf and :latest, in any order; or
// /blob/REVISION/PATH.gguf, /resolve/… and /tree/REVISION as the hub's pages have them.
Result<HuggingFaceName> parse_hugging_face_name(std::string_view text);

// "hf.co/OWNER/REPOSITORY@REVISION:QUANT", which reads back as the same.
std::string hugging_face_text(const HuggingFaceName& name);

}  // namespace hearth::store
