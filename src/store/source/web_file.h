// Asks a web server about one GGUF file, or about all parts of a divided one: is it there, is it a
// file and no page, how large is it. Nobody promises a digest: an ETag may be one, and may be
// anything else.
//
// Threads: thread-safe; blocks its caller.
// Errors:  those of find_offer.
#pragma once

#include "base/result.h"
#include "store/name/model_name.h"
#include "store/name/source.h"
#include "store/source/answer.h"
#include "store/source/offer.h"

namespace hearth::store {

// The name of the part that is meant finds all of them: "…-00001-of-00003.gguf".
Result<Offer> find_on_the_web(const ModelName& name, const WebName& wanted, const Asking& asking);

// "bytes 0-0/12345"; nothing when the size is not in it.
std::optional<std::uint64_t> size_in_content_range(std::string_view header);

}  // namespace hearth::store
