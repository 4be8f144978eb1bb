// What Hearth's own routes can ask about models without using them, as functions that main wires.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/callback.h"
#include "base/result.h"
#include "fleet/fit/model_sheet.h"
#include "fleet/fit/ranking.h"
#include "store/source/hub_search.h"

namespace hearth::api {

struct ShowWish {
  std::string model;                    // any name, aliases included
  std::vector<std::uint32_t> contexts;  // whose memory is asked for beside the usual ones
};

struct Inquiries {
  // kNotFound, or what is wrong with the model's files.
  std::function<void(ShowWish wish, Callback<fleet::ModelSheet> done)> show;
  // In a context of so many tokens; 0 is what models are loaded with.
  std::function<void(std::uint32_t context, Callback<fleet::FitList> done)> fit;
  std::function<CallOff(store::HubSearch wish, Callback<std::vector<store::FoundModel>> done)>
      search;
};

}  // namespace hearth::api
