#include "task_desk.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/log.h"
#include "flow/run/tool_inventory.h"

namespace hearth {

namespace asio = boost::asio;

using flow::RunHead;
using flow::RunStatus;

namespace {

constexpr auto kHeldFor = std::chrono::seconds(60);
constexpr auto kRenewal = std::chrono::seconds(20);
// A run that ends its daemon every time is not gone on with for ever.
constexpr std::size_t kResumptionsInRow = 3;

std::int64_t wall_ms() {
  return base::system_clock().wall_ms();
}

std::int64_t held_until_ms() {
  return wall_ms() + std::chrono::duration_cast<std::chrono::milliseconds>(kHeldFor).count();
}

Error not_running(const RunHead& head) {
  return make_error(Code::kInvalidArgument,
                    fmt::format("the task is {} already", flow::kStatuses.word(head.status)),
                    head.id);
}

}  // namespace

TaskDesk::TaskDesk(TaskDeskParts parts)
    : parts_(std::move(parts)), renewal_(parts_.loop), next_look_(parts_.loop) {}

TaskDesk::~TaskDesk() {
  wind_down();
  workers_.join();
  clerk_.join();
}

Result<flow::RunStore*> TaskDesk::open(const std::string& place, Library& library) {
  if (library.store) return &*library.store;
  auto database = HEARTH_TRY(db::open_database(place));
  auto store = HEARTH_TRY(flow::RunStore::open(*database));
  library.database = std::move(database);
  library.store.emplace(std::move(store));
  return &*library.store;
}

template <typename T, typename Ask>
void TaskDesk::ask(Ask ask, Callback<T> done) {
  asio::post(clerk_, [this, ask = std::move(ask), done = std::move(done)]() mutable {
    auto store = open(parts_.database, library_);
    Result<T> answer = store ? ask(**store) : Result<T>(fail(std::move(store).error()));
    asio::post(parts_.loop, [answer = std::move(answer), done = std::move(done)]() mutable {
      done(std::move(answer));
    });
  });
}

api::Tasks TaskDesk::face() {
  api::Tasks tasks;
  tasks.start = [this](api::TaskWish wish, std::string owner, Callback<RunHead> done) {
    start(std::move(wish), std::move(owner), std::move(done));
  };
  tasks.list = [this](const std::string& owner, std::size_t most,
                      Callback<std::vector<RunHead>> done) {
    ask<std::vector<RunHead>>(
        [owner, most](flow::RunStore& store) { return store.list(owner, most); }, std::move(done));
  };
  tasks.find = [this](const api::TaskName& name, Callback<api::TaskSheet> done) {
    ask<api::TaskSheet>(
        [name](flow::RunStore& store) -> Result<api::TaskSheet> {
          RunHead head = HEARTH_TRY(store.find(name.id, name.owner));
          flow::State state = HEARTH_TRY(flow::Worker::load(store, name.id));
          return api::TaskSheet{std::move(head), std::move(state)};
        },
        std::move(done));
  };
  tasks.watch = [this](const api::TaskName& name, auto done) { watch(name, std::move(done)); };
  tasks.answer = [this](const api::TaskName& name, api::TaskAnswer said, Callback<void> done) {
    answer(name, std::move(said), std::move(done));
  };
  tasks.cancel = [this](const api::TaskName& name, Callback<void> done) {
    stop(name, flow::CancelAsked{}, std::move(done));
  };
  tasks.pause = [this](const api::TaskName& name, Callback<void> done) {
    stop(name, flow::RunPaused{}, std::move(done));
  };
  tasks.resume = [this](const api::TaskName& name, api::TaskResumption wish, Callback<void> done) {
    resume(name, wish, std::move(done));
  };
  tasks.fork = [this](const api::TaskName& name, std::uint64_t events, Callback<RunHead> done) {
    fork(name, events, std::move(done));
  };
  return tasks;
}

void TaskDesk::start(api::TaskWish wish, std::string owner, Callback<RunHead> done) {
  const auto refuse = [&](Error error) {
    asio::post(parts_.loop,
               [error = std::move(error), done = std::move(done)] { done(fail(error)); });
  };
  if (winding_down_) return refuse(make_error(Code::kUnavailable, "the daemon is shutting down"));
  if (active_.size() >= kTasksMost) {
    return refuse(make_error(Code::kResourceExhausted,
                             fmt::format("{} tasks are at work; cancel one or wait", kTasksMost)));
  }
  auto usual = parts_.cast();
  if (!usual) return refuse(usual.error());
  flow::RunStarted started;
  started.task = std::move(wish.task);
  started.mode = wish.mode;
  started.approve = wish.approve.value_or(parts_.approve);
  started.budget = wish.budget;
  started.plan = std::move(wish.plan);
  const auto choice = [](const std::string& wished, const std::string& otherwise) {
    if (wished == "none") return std::string();
    return wished.empty() ? otherwise : wished;
  };
  started.cast = {choice(wish.cast.planner, usual->planner),
                  choice(wish.cast.critic, usual->critic),
                  choice(wish.cast.executor, usual->executor)};
  auto tools = parts_.tools(wish.workspace, started.approve);
  if (!tools) return refuse(tools.error());
  started.tools = flow::inventory_of(**tools);
  RunHead head;
  head.id = base::make_id("task");
  head.owner = std::move(owner);
  head.task = started.task;
  head.made_ms = head.changed_ms = wall_ms();
  head.events = 1;
  head.workspace = std::move(wish.workspace);
  ask<RunHead>(
      [head, started](flow::RunStore& store) -> Result<RunHead> {
        HEARTH_TRY(store.make(head, {started}));
        return head;
      },
      [this, done = std::move(done)](Result<RunHead> made) {
        if (made) employ(*made);
        done(std::move(made));
      });
}

// What is forked goes on with the tools of today.
Result<void> TaskDesk::take_over_tools(std::vector<flow::Event>& events,
                                       const RunHead& parent) const {
  const flow::Approve approve = flow::state_of(events).start.approve;
  const auto tools = HEARTH_TRY(parts_.tools(parent.workspace, approve));
  for (flow::Event& event : events) {
    if (auto* started = std::get_if<flow::RunStarted>(&event)) {
      started->tools = flow::inventory_of(*tools);
    } else if (auto* resumed = std::get_if<flow::RunResumed>(&event)) {
      resumed->tools.clear();
    }
  }
  return {};
}

void TaskDesk::fork(const api::TaskName& name, std::uint64_t events, Callback<RunHead> done) {
  ask<RunHead>(
      [this, name, events](flow::RunStore& store) -> Result<RunHead> {
        const RunHead parent = HEARTH_TRY(store.find(name.id, name.owner));
        const auto kept = HEARTH_TRY(store.events(name.id, 0));
        const std::uint64_t count = std::max<std::uint64_t>(events, 1);
        if (count > kept.size()) {
          return fail(Code::kInvalidArgument, fmt::format("the task has {} events", kept.size()),
                      "events");
        }
        std::vector<flow::Event> first;
        for (std::uint64_t i = 0; i < count; ++i)
          first.push_back(HEARTH_TRY(flow::read_event(kept[i].name, kept[i].json)));
        HEARTH_TRY(take_over_tools(first, parent));
        if (flow::state_of(first).end) {
          return fail(Code::kInvalidArgument,
                      "the task is over with that event; name an earlier one", "events");
        }
        RunHead head = parent;
        head.id = base::make_id("task");
        head.parent = parent.id;
        head.status = flow::status_of(flow::state_of(first));
        head.made_ms = head.changed_ms = wall_ms();
        head.events = count;
        HEARTH_TRY(store.make(head, first));
        return head;
      },
      [this, done = std::move(done)](Result<RunHead> made) {
        if (made && made->status == RunStatus::kRunning) employ(*made);
        done(std::move(made));
      });
}

std::shared_ptr<flow::Feed> TaskDesk::feed(const std::string& run) {
  std::erase_if(feeds_, [](const auto& named) { return named.second.expired(); });
  auto found = feeds_[run].lock();
  if (!found) {
    found = std::make_shared<flow::Feed>();
    feeds_[run] = found;
  }
  return found;
}

void TaskDesk::watch(const api::TaskName& name, Callback<std::shared_ptr<flow::Feed>> done) {
  struct Past {
    RunHead head;
    std::vector<flow::KeptEvent> events;
  };
  const std::shared_ptr<flow::Feed> feed = this->feed(name.id);
  // What is known already need not be read.
  const bool is_known = feed->last_number() > 0;
  ask<Past>(
      [name, is_known](flow::RunStore& store) -> Result<Past> {
        Past past{HEARTH_TRY(store.find(name.id, name.owner)), {}};
        if (!is_known) past.events = HEARTH_TRY(store.events(name.id, 0));
        return past;
      },
      [feed, done = std::move(done)](Result<Past> past) {
        if (!past) return done(fail(past.error()));
        for (flow::KeptEvent& event : past->events)
          feed->tell({event.number, event.at_ms, std::move(event.name), std::move(event.json)});
        if (is_over(past->head.status) && !feed->ended()) feed->end();
        done(feed);
      });
}

void TaskDesk::add(const api::TaskName& name,
                   std::function<Result<flow::Event>(const flow::State&)> event,
                   Callback<void> done) {
  struct Added {
    RunHead head;
    flow::KeptEvent event;
  };
  ask<Added>(
      [this, name, event = std::move(event)](flow::RunStore& store) -> Result<Added> {
        RunHead head = HEARTH_TRY(store.find(name.id, name.owner));
        if (is_over(head.status)) return fail(not_running(head));
        flow::State state = HEARTH_TRY(flow::Worker::load(store, name.id));
        const flow::Event made = HEARTH_TRY(event(state));
        HEARTH_TRY(store.hold(name.id, parts_.holder, wall_ms(), held_until_ms()));
        flow::fold(state, made);
        flow::KeptEvent kept{state.events, wall_ms(), std::string(event_name(made)),
                             event_json(made)};
        head.status = flow::status_of(state);
        const auto told = store.add(name.id, parts_.holder, kept, head.status);
        HEARTH_TRY(store.let_go(name.id, parts_.holder));
        HEARTH_TRY(told);
        return Added{std::move(head), std::move(kept)};
      },
      [this, done = std::move(done)](Result<Added> added) {
        if (!added) return done(fail(added.error()));
        const std::shared_ptr<flow::Feed> feed = this->feed(added->head.id);
        // One that has not been read from its beginning would have a gap.
        if (feed->last_number() + 1 == added->event.number) {
          flow::KeptEvent& kept = added->event;
          feed->tell({kept.number, kept.at_ms, std::move(kept.name), std::move(kept.json)});
        }
        if (added->head.status == RunStatus::kRunning) employ(added->head);
        done({});
      });
}

void TaskDesk::answer(const api::TaskName& name, api::TaskAnswer answer, Callback<void> done) {
  add(
      name,
      [answer](const flow::State& state) -> Result<flow::Event> {
        if (!state.approval) {
          return fail(Code::kInvalidArgument, "the task waits for nobody's approval");
        }
        const std::uint32_t open = state.approval->approval;
        if (answer.approval != 0 && answer.approval != open) {
          return fail(Code::kInvalidArgument,
                      fmt::format("approval {} is not asked for; {} is", answer.approval, open),
                      "approval");
        }
        return flow::ApprovalResolved{open, answer.granted, answer.answer, "user"};
      },
      std::move(done));
}

// A worker that is at it stops by itself; otherwise the event is all there is to do.
void TaskDesk::stop(const api::TaskName& name, flow::Event event, Callback<void> done) {
  const bool is_pause = std::holds_alternative<flow::RunPaused>(event);
  const auto found = active_.find(name.id);
  if (found == active_.end()) {
    return add(
        name, [event](const flow::State&) { return Result<flow::Event>(event); }, std::move(done));
  }
  ask<RunHead>([name](flow::RunStore& store) { return store.find(name.id, name.owner); },
               [this, is_pause, done = std::move(done)](const Result<RunHead>& head) {
                 if (!head) return done(fail(head.error()));
                 const auto active = active_.find(head->id);
                 if (active == active_.end()) return done(fail(not_running(*head)));
                 (is_pause ? active->second.is_paused : active->second.is_called_off)->store(true);
                 active->second.stop.cancel();
                 done({});
               });
}

void TaskDesk::resume(const api::TaskName& name, api::TaskResumption wish, Callback<void> done) {
  if (active_.contains(name.id)) {
    asio::post(parts_.loop, [done = std::move(done)] { done({}); });
    return;
  }
  add(
      name,
      [wish](const flow::State& state) -> Result<flow::Event> {
        if (state.approval) {
          return fail(Code::kInvalidArgument,
                      "the task waits for an answer: `hearth task approve` gives it");
        }
        return flow::RunResumed{wish.forced};
      },
      std::move(done));
}

void TaskDesk::employ(const RunHead& head) {
  if (winding_down_ || active_.contains(head.id)) return;
  const Active active = active_[head.id] = Active{};
  const std::shared_ptr<flow::Feed> feed = this->feed(head.id);
  kept_feeds_[head.id] = feed;
  if (active_.size() == 1) renew();
  asio::post(workers_, [this, head, active] {
    auto state = std::make_shared<Result<flow::State>>(work(head, active));
    asio::post(parts_.loop, [this, head, state] { on_worked(head, *state); });
  });
}

// On a thread of its own.
Result<flow::State> TaskDesk::work(const RunHead& head, const Active& active) {
  Library library;
  flow::RunStore& store = *HEARTH_TRY(open(parts_.database, library));
  HEARTH_TRY(store.hold(head.id, parts_.holder, wall_ms(), held_until_ms()));
  const auto before = HEARTH_TRY(store.events(head.id, 0));
  const auto tell = [this, id = head.id](const flow::Told& told) {
    flow::FeedItem item{told.number, told.at_ms, std::string(told.name), told.json};
    asio::post(parts_.loop, [this, id, item = std::move(item)]() mutable {
      const auto found = kept_feeds_.find(id);
      if (found != kept_feeds_.end()) found->second->tell(std::move(item));
    });
  };
  for (const flow::KeptEvent& event : before)
    tell({event.number, event.at_ms, event.name, event.json});
  const flow::State known = HEARTH_TRY(flow::Worker::load(store, head.id));
  const auto tools = HEARTH_TRY(parts_.tools(head.workspace, known.start.approve));
  flow::Worker worker(
      {store, parts_.models, *tools, base::system_clock(), parts_.holder, head.owner, tell},
      head.id);
  const auto worked =
      worker.work({active.stop.token(), [off = active.is_called_off] { return off->load(); }});
  if (worked && active.is_paused->load() && !worker.state().end) {
    HEARTH_TRY(worker.add(flow::RunPaused{}));
  }
  HEARTH_TRY(store.let_go(head.id, parts_.holder));
  HEARTH_TRY(worked);
  return worker.state();
}

void TaskDesk::on_worked(const RunHead& head, const Result<flow::State>& state) {
  active_.erase(head.id);
  const std::shared_ptr<flow::Feed> feed = this->feed(head.id);
  kept_feeds_.erase(head.id);
  if (!state) {
    log::warning("a task was left", {{"task", head.id}, {"reason", state.error().message}});
    feed->end();
  } else if (state->end) {
    feed->end();
  }
}

void TaskDesk::renew() {
  renewal_.expires_after(kRenewal);
  renewal_.async_wait([this](boost::system::error_code error) {
    if (error || active_.empty()) return;
    ask<void>([this](flow::RunStore& store) { return store.renew(parts_.holder, held_until_ms()); },
              [](const Result<void>& renewed) {
                if (!renewed)
                  log::warning("tasks are not held", {{"why", renewed.error().message}});
              });
    renew();
  });
}

void TaskDesk::begin() {
  take_over();
  next_look_.expires_after(kHeldFor);
  next_look_.async_wait([this](boost::system::error_code error) {
    if (!error && !winding_down_) begin();
  });
}

void TaskDesk::take_over() {
  // A database that is not there has no tasks, and need not be made for that.
  if (parts_.database.starts_with('/') && ::access(parts_.database.c_str(), F_OK) != 0) return;
  struct Left {
    RunHead head;
    bool goes_on = true;
  };
  ask<std::vector<Left>>(
      [this](flow::RunStore& store) -> Result<std::vector<Left>> {
        std::vector<Left> all;
        for (RunHead& head : HEARTH_TRY(store.abandoned(parts_.holder, wall_ms()))) {
          const auto events = HEARTH_TRY(store.events(head.id, 0));
          std::size_t resumptions = 0;
          for (auto event = events.rbegin(); event != events.rend(); ++event, ++resumptions)
            if (event->name != flow::RunResumed::kName) break;
          all.push_back({std::move(head), resumptions < kResumptionsInRow});
        }
        return all;
      },
      [this](const Result<std::vector<Left>>& left) {
        if (!left) return;
        for (const Left& one : *left) {
          if (active_.contains(one.head.id)) continue;
          if (!one.goes_on) {
            if (!given_up_.insert(one.head.id).second) continue;
            log::warning(
                "a task has ended its daemon several times and is left; "
                "`hearth task resume` tries it again",
                {{"task", one.head.id}});
            continue;
          }
          log::info("a task goes on", {{"task", one.head.id}});
          employ(one.head);
        }
      });
}

void TaskDesk::wind_down() {
  winding_down_ = true;
  renewal_.cancel();
  next_look_.cancel();
  for (auto& [id, active] : active_)
    active.stop.cancel();
}

}  // namespace hearth
