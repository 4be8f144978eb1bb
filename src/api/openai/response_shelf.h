// Who keeps responses, as the routes of OpenAI's dialect see it. Nothing is kept and nothing is
// found where its functions are empty.
//
// Threads: confined to the loop; callbacks come on it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/callback.h"
#include "responses/response_store.h"

namespace hearth::api::openai {

struct ResponseShelf {
  using Kept = responses::KeptResponse;

  // Who asks for it afterwards finds it. What cannot be kept stands in the log.
  std::function<void(Kept response)> keep;
  // `owner` is the id of the key of whoever asks. kNotFound also where it is somebody else's.
  std::function<void(const std::string& id, const std::string& owner, Callback<Kept> done)> find;
  // The conversation up to this one, which is the last.
  std::function<void(const std::string& id, const std::string& owner,
                     Callback<std::vector<Kept>> done)>
      find_past;
  std::function<void(const std::string& id, const std::string& owner, Callback<void> done)> remove;
};

}  // namespace hearth::api::openai
