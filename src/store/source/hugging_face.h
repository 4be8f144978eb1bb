// Asks the Hugging Face hub, or a mirror of it, for a model: its API says which files there are at
// which commit, and that commit is what is fetched, whatever happens to the branch meanwhile.
//
// The token goes to the hub itself and nowhere else: not where redirects lead, and not to another
// server that a listing names as its next page.
//
// Threads: thread-safe; blocks its caller.
// Errors:  those of find_offer.
#pragma once

#include "base/result.h"
#include "store/name/model_name.h"
#include "store/name/source.h"
#include "store/source/answer.h"
#include "store/source/hubs.h"
#include "store/source/offer.h"

namespace hearth::store {

inline constexpr int kTreePagesMax = 64;

Result<Offer> find_at_hugging_face(const ModelName& name, const HuggingFaceName& wanted,
                                   const Hubs& hubs, const Asking& asking);

}  // namespace hearth::store
