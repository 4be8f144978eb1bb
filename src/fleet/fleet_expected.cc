// Models that come next: read ahead while others compute, and loaded when nobody else needs the
// room. prefetch/expected.h remembers them.
#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.h"
#include "fleet/fit/model_sheet.h"
#include "fleet/fleet.h"
#include "process/memory.h"
#include "process/page_cache.h"

namespace hearth::fleet {

namespace asio = boost::asio;

namespace {

struct ReadModel {
  std::uint64_t bytes = 0;
  Result<gguf::ModelFacts> facts;
};

// Its header first, which says whether the rest is worth it; then all its files in their order.
ReadModel read_model(const store::ModelFile& model, std::uint64_t bytes_max,
                     const base::CancelToken& cancel) {
  process::yield_to_everybody();
  ReadModel read{.facts = load_facts(model)};
  if (!read.facts) return read;
  std::vector<std::string> files{model.path};
  files.insert(files.end(), model.more_parts.begin(), model.more_parts.end());
  for (const std::string& file : files) {
    const auto bytes = process::read_ahead(file, bytes_max - read.bytes, cancel);
    read.bytes += bytes.value_or(0);
  }
  return read;
}

}  // namespace

void Fleet::expect(const std::vector<store::ModelFile>& models) {
  std::vector<ExpectedModel> next;
  for (const store::ModelFile& model : models) {
    const std::string key = place_of(model);
    if (!residency_.takes_requests(key)) next.push_back({model, key});
  }
  stop_reading();
  expected_.expect(std::move(next));
  read_next();
}

// What is being read goes no further.
void Fleet::stop_reading() {
  reading_.cancel();
  reading_ = {};
}

void Fleet::read_next() {
  if (expected_.empty() || winding_down_ || strain() != Strain::kNone) return;
  const auto next = expected_.next_to_read();
  if (!next) return;
  std::uint64_t mapped = 0;
  for (const auto& [key, place] : places_) {
    if (!place.runner) continue;
    const std::uint64_t held = process::resident_bytes(place.runner->pid());
    mapped += held - std::min(held, process::anonymous_bytes(place.runner->pid()));
  }
  const std::uint64_t bytes =
      read_ahead_bytes(process::available_bytes(options_.system_root), mapped);
  asio::post(reader_, [this, next = *next, bytes, cancel = reading_.token()] {
    const auto read = std::make_shared<ReadModel>(read_model(next.model, bytes, cancel));
    asio::post(loop_, [this, next, read, cancel] {
      if (!cancel.cancelled()) on_read(next, read->bytes, read->facts);
    });
  });
}

void Fleet::on_read(const ExpectedModel& model, std::uint64_t bytes,
                    const Result<gguf::ModelFacts>& facts) {
  std::optional<Claim> claim;
  if (facts) claim = claim_for(model.model, *facts, plan(model.model).load);
  if (!expected_.was_read(model.key, bytes, std::move(claim))) return;
  log::info("a model that comes next was read ahead",
            {{"model", model.model.name}, {"bytes", bytes}});
  residency_.set_budget(memory_budget());
  settle();
}

// Where its room is free; nobody leaves for it.
void Fleet::load_expected() {
  const auto next = expected_.ready();
  if (!next || winding_down_ || !residency_.has_spare_room(*next->claim)) return;
  expected_.came(next->key);
  log::info("a model that comes next is loaded", {{"model", next->model.name}});
  load(next->model, [](const Result<void>&) {});
}

std::vector<ExpectedStatus> Fleet::expected() const {
  std::vector<ExpectedStatus> list;
  for (const ExpectedModel& model : expected_.models())
    list.push_back({model.model.name, model.model.size_bytes, model.read_bytes});
  return list;
}

}  // namespace hearth::fleet
