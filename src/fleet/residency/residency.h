// Which models may hold memory: who is let in, who waits for room, who has to leave. It starts and
// ends nothing. It is told what happens and says what is to be done, in Orders; how long that takes
// and whether it succeeds it learns from what it is told next.
//
// Threads:    pure; the time is told. Confined to whoever owns it.
// Invariants: what the models that are in have reserved is never above the budget through a model
//             that is let in; a budget that falls, or a model that turns out larger, is made up for
//             by who leaves. No model leaves that is pinned, loads, or answers. Models that wait
//             are let in in the order of asking, save where one fits beside all who wait before it.
//             Who waits for busy models waits for what they answer already and nothing more.
// Errors:     kOutOfMemory, with the arithmetic, for a model that cannot ever have its room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "fleet/pressure/strain.h"

namespace hearth::fleet {

// What one runner holds: a file, in one way of loading it.
using ModelKey = std::string;

// What a model asks for.
struct Claim {
  std::string name;                                 // for people
  std::uint64_t bytes = 0;                          // what it will hold
  base::Duration reload = std::chrono::seconds(1);  // what it costs to load it again
};

// How long a model that answers nothing stays, when nobody needs its room.
inline constexpr base::Duration kKeepForever = base::Duration::max();

struct ResidencyRules {
  std::uint64_t budget_bytes = 0;  // of all models together; 0: unknown, so that all are let in
  std::size_t models_max = std::numeric_limits<std::size_t>::max();
  base::Duration keep = std::chrono::minutes(5);
  // So long who needs room lets busy models take further requests.
  base::Duration turn = std::chrono::seconds(3);
};

struct Refusal {
  ModelKey key;
  Error why;
};

struct Orders {
  std::vector<Refusal> refuse;
  std::vector<ModelKey> leave;
  std::vector<ModelKey> load;
  // When there may be something to do without anything happening before.
  std::optional<base::TimePoint> look_again;

  bool nothing_to_do() const { return refuse.empty() && leave.empty() && load.empty(); }
};

class Residency {
 public:
  explicit Residency(const ResidencyRules& rules) : rules_(rules) {}

  // ---- what is wished ----

  // Somebody needs the model. Where it waits or is in already, nothing changes; one that leaves has
  // to be gone before.
  void want(const ModelKey& key, Claim claim, base::TimePoint now);
  // Nobody waits for it any more. Nothing changes once it was let in.
  void withdraw(const ModelKey& key);
  // Stays in until it is unpinned, and is let in as any other.
  void pin(const ModelKey& key) { pinned_.insert(key); }
  void unpin(const ModelKey& key) { pinned_.erase(key); }
  // In place of the rule, until it leaves; below zero for ever. It counts from when the model last
  // answered.
  void keep(const ModelKey& key, base::Duration time);
  void set_budget(std::uint64_t bytes) { rules_.budget_bytes = bytes; }
  // While memory is short nobody is let in beside others, and when it is very short who rests
  // leaves.
  void set_strain(Strain strain) { strain_ = strain; }

  // ---- what happens ----

  // It answers something, from now to rest().
  void work(const ModelKey& key);
  void rest(const ModelKey& key, base::TimePoint now);
  // Loaded; it rests.
  void ready(const ModelKey& key, base::TimePoint now);
  // It was ended without an order, and gives its memory back soon.
  void leaving(const ModelKey& key);
  // Its memory is given back, or it was never taken: the load failed, the process died.
  void gone(const ModelKey& key);
  // What it really holds. Above what it claimed, this is what counts.
  void note_held(const ModelKey& key, std::uint64_t bytes);

  // ---- what is to be done ----

  // To be called after everything above, and at Orders::look_again. What it orders it takes as
  // begun.
  Orders next(base::TimePoint now);

  // It could be let in at once, nobody would have to leave, and nobody else waits.
  bool has_spare_room(const Claim& claim) const;
  // A further request may go to this model: it is in, and nobody waits for its room who has waited
  // long enough.
  bool takes_requests(const ModelKey& key) const;
  bool is_pinned(const ModelKey& key) const { return pinned_.contains(key); }
  // How long it stays if nobody uses it and nobody needs its room; nothing: for ever.
  std::optional<base::Duration> time_left(const ModelKey& key, base::TimePoint now) const;
  std::uint64_t reserved_bytes() const;
  std::uint64_t reserved_bytes(const ModelKey& key) const;    // 0 when it is not in
  std::vector<ModelKey> waiting() const { return waiting_; }  // in their order

 private:
  enum class State : std::uint8_t { kWaiting, kLoading, kLoaded, kLeaving };

  struct Member {
    State state = State::kWaiting;
    Claim claim;
    std::uint64_t held_bytes = 0;
    bool busy = false;            // it answers something, or will as soon as it is loaded
    bool closing = false;         // takes no further request, for somebody needs its room
    base::TimePoint wanted = {};  // since when it waits for room
    base::TimePoint loaded = {};
    base::TimePoint rests = {};  // since when, where it is not busy
    base::Duration keep = {};

    std::uint64_t bytes() const { return std::max(claim.bytes, held_bytes); }
  };
  using Members = std::map<ModelKey, Member>;

  // Room as it is counted: bytes, and models where their number is limited.
  struct Room {
    std::uint64_t bytes = 0;
    std::size_t models = 0;
  };

  Member* find(const ModelKey& key);
  bool may_leave(const ModelKey& key, const Member& member) const;
  Room taken(const std::function<bool(const ModelKey&, const Member&)>& counts) const;
  bool has_room(const Room& taken, const Member& next) const;
  std::optional<Error> why_never(const ModelKey& key, const Member& member) const;
  void refuse_impossible(Orders& orders);
  void end_expired(base::TimePoint now, Orders& orders);
  void shrink(base::TimePoint now, Orders& orders);
  void let_in(base::TimePoint now, Orders& orders);
  bool fits_beside_earlier(std::size_t place) const;
  void make_room(const Member& next, base::TimePoint now, Orders& orders);
  std::vector<ModelKey> by_use(base::TimePoint now) const;
  void leave(const ModelKey& key, Orders& orders);
  std::optional<base::TimePoint> next_look(base::TimePoint now) const;

  ResidencyRules rules_;
  Strain strain_ = Strain::kNone;
  Members members_;
  std::vector<ModelKey> waiting_;
  std::set<ModelKey> pinned_;
};

}  // namespace hearth::fleet
