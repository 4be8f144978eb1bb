#include "inquiry_desk.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "fleet/fit/model_sheet.h"
#include "process/memory.h"
#include "store/known_models.h"

namespace hearth {

namespace asio = boost::asio;

namespace {

fleet::Candidate candidate_of(const fleet::ModelState& state, gguf::ModelFacts facts) {
  fleet::Candidate candidate{.name = state.model.name, .facts = std::move(facts)};
  candidate.size_bytes = state.model.size_bytes;
  candidate.load = state.load;
  candidate.seen = state.seen;
  candidate.installed = true;
  candidate.loaded = state.loaded;
  return candidate;
}

struct Listing {
  std::uint32_t asked = 0;                // tokens; 0: as many as each is loaded with
  std::vector<fleet::ModelState> states;  // of the models that are here
  wire::Load usual;                       // of those that are not
  fleet::Machine machine;
};

// Reads the header of every model that is here, and adds the well-known ones that are not.
fleet::FitList list_of(const Listing& listing, const store::Catalog& catalog) {
  fleet::FitList list{.machine = listing.machine, .context = listing.usual.context};
  std::vector<fleet::Candidate> candidates;
  for (const fleet::ModelState& state : listing.states) {
    auto facts = fleet::load_facts(state.model);
    if (facts) {
      candidates.push_back(candidate_of(state, *std::move(facts)));
      candidates.back().asked = listing.asked;
    } else {
      list.unread.push_back(state.model.name);
    }
  }
  for (store::KnownModel& known : store::known_models()) {
    if (catalog.has_model(known.name)) continue;
    fleet::Candidate candidate{.name = known.name, .facts = std::move(known.facts)};
    candidate.size_bytes = known.file_bytes;
    candidate.load = listing.usual;
    candidate.asked = listing.asked;
    candidates.push_back(std::move(candidate));
  }
  list.models = fleet::rank(candidates, list.machine);
  return list;
}

}  // namespace

InquiryDesk::InquiryDesk(asio::io_context& loop, fleet::Fleet& fleet, const store::Catalog& catalog,
                         store::Hubs hubs)
    : loop_(loop),
      fleet_(fleet),
      catalog_(catalog),
      hubs_(std::move(hubs)),
      web_({.user_agent = "hearth/" HEARTH_VERSION}) {}

void InquiryDesk::add_to(api::Control& control) {
  control.inquiries.show = [this](const api::ShowWish& wish, Callback<fleet::ModelSheet> done) {
    show(wish, std::move(done));
  };
  control.inquiries.fit = [this](std::uint32_t context, Callback<fleet::FitList> done) {
    fit(context, std::move(done));
  };
  control.inquiries.search = [this](const store::HubSearch& wish,
                                    Callback<std::vector<store::FoundModel>> done) {
    return search(wish, std::move(done));
  };
}

void InquiryDesk::wind_down() {
  winding_down_ = true;
  for (base::CancelSource& search : searches_)
    search.cancel();
}

fleet::ModelState InquiryDesk::state_of(const store::ModelFile& model) const {
  fleet::ModelState state{.model = model, .load = fleet_.plan(model).load};
  state.capabilities = fleet_.capabilities(model);
  state.seen = fleet_.seen_memory(model);
  const auto status = fleet_.status();
  state.loaded = std::any_of(status.begin(), status.end(), [&](const fleet::RunnerStatus& runner) {
    return runner.path == model.path && runner.state == fleet::RunnerStatus::State::kReady;
  });
  return state;
}

// What the model itself holds already is there for it.
fleet::Machine InquiryDesk::machine(const std::string& model) const {
  std::vector<int> others;
  std::uint64_t its_own = 0;
  for (const fleet::RunnerStatus& runner : fleet_.status()) {
    if (runner.pid == 0) continue;
    if (runner.path == model) {
      its_own += process::anonymous_bytes(runner.pid);
    } else {
      others.push_back(runner.pid);
    }
  }
  fleet::Machine machine = fleet::measure_machine(others);
  fleet::Device& host = machine.devices.front();
  if (host.available_bytes > 0) host.available_bytes += its_own;
  return machine;
}

void InquiryDesk::show(const api::ShowWish& wish, Callback<fleet::ModelSheet> done) {
  const auto model = catalog_.find_model(wish.model);
  if (!model) {
    asio::post(loop_, [error = model.error(), done = std::move(done)] { done(fail(error)); });
    return;
  }
  fleet::SheetWish order{state_of(*model), machine(model->path), wish.contexts};
  asio::post(reader_, [this, order = std::move(order), done = std::move(done)] {
    const auto sheet = std::make_shared<Result<fleet::ModelSheet>>(fleet::make_sheet(order));
    asio::post(loop_, [sheet, done] { done(std::move(*sheet)); });
  });
}

void InquiryDesk::fit(std::uint32_t context, Callback<fleet::FitList> done) {
  const auto with_context = [context](wire::Load load) {
    if (context == 0) return load;
    load.context = context;
    load.kv_tokens = 0;
    return load;
  };
  Listing listing{context, {}, with_context(fleet_.plan({}).load), machine()};
  for (const store::ModelFile& model : catalog_.list()) {
    listing.states.push_back(state_of(model));
    listing.states.back().load = with_context(listing.states.back().load);
  }
  asio::post(reader_, [this, listing = std::move(listing), done = std::move(done)] {
    const auto list = std::make_shared<fleet::FitList>(list_of(listing, catalog_));
    asio::post(loop_, [list, done] { done(std::move(*list)); });
  });
}

CallOff InquiryDesk::search(const store::HubSearch& wish,
                            Callback<std::vector<store::FoundModel>> done) {
  std::erase_if(searches_, [](const base::CancelSource& search) { return search.cancelled(); });
  base::CancelSource source;
  if (winding_down_) source.cancel();
  searches_.push_back(source);
  const auto listening = std::make_shared<bool>(true);
  asio::post(searcher_, [this, wish, source, listening, done = std::move(done)] {
    const base::CancelToken token = source.token();
    const auto found = std::make_shared<Result<std::vector<store::FoundModel>>>(
        store::search_hub(wish, hubs_, {web_, token}));
    asio::post(loop_, [found, source, listening, done]() mutable {
      source.cancel();  // it is over
      if (*listening) done(std::move(*found));
    });
  });
  return [source, listening]() mutable {
    *listening = false;
    source.cancel();
  };
}

}  // namespace hearth
