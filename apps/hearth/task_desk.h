// Tasks: begun, watched, paused, gone on with after the daemon has ended. Each that runs has a
// worker on a thread of its own; more than there are threads wait.
//
// Ownership: borrows its parts. Its end makes workers stop where they are, and waits for them.
// Threads:   confined to the loop. The database is called on threads of its own.
// Limits:    kTasksAtOnce work at the same time; kTasksMost are begun and not over.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/tasks.h"
#include "base/cancellation.h"
#include "db/database.h"
#include "flow/models.h"
#include "flow/store/run_store.h"
#include "flow/tools.h"
#include "flow/worker/feed.h"
#include "flow/worker/worker.h"

namespace hearth {

inline constexpr std::size_t kTasksAtOnce = 2;
inline constexpr std::size_t kTasksMost = 64;

// The tools of a run in this workspace.
using ToolsMaker = std::function<Result<std::unique_ptr<flow::Tools>>(const std::string& workspace,
                                                                      flow::Approve approve)>;

struct TaskDeskParts {
  boost::asio::io_context& loop;
  // In whose name runs are held: that of a home, which has one daemon at a time. Who comes after it
  // need not wait until nobody holds them.
  std::string holder;
  std::string database;  // a place as db::open_database takes it
  flow::Models& models;
  ToolsMaker tools;
  std::function<Result<flow::Cast>()> cast;  // who plays the roles where nobody says
  flow::Approve approve = flow::Approve::kAsk;
};

class TaskDesk {
 public:
  explicit TaskDesk(TaskDeskParts parts);
  ~TaskDesk();
  TaskDesk(const TaskDesk&) = delete;
  TaskDesk& operator=(const TaskDesk&) = delete;

  api::Tasks face();
  // Goes on with what the last daemon left, and now and then with what others have left.
  void begin();
  // Workers stop; their runs go on when there is a daemon again.
  void wind_down();
  bool busy() const { return !active_.empty(); }

 private:
  struct Active {
    base::CancelSource stop;
    std::shared_ptr<std::atomic<bool>> is_called_off = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<std::atomic<bool>> is_paused = std::make_shared<std::atomic<bool>>(false);
  };
  struct Library {  // of one thread
    std::unique_ptr<db::Database> database;
    std::optional<flow::RunStore> store;
  };

  static Result<flow::RunStore*> open(const std::string& place, Library& library);
  // Asks the database, and tells on the loop.
  template <typename T, typename Ask>
  void ask(Ask ask, Callback<T> done);

  void start(api::TaskWish wish, std::string owner, Callback<flow::RunHead> done);
  void fork(const api::TaskName& name, std::uint64_t events, Callback<flow::RunHead> done);
  Result<void> take_over_tools(std::vector<flow::Event>& events, const flow::RunHead& parent) const;
  void watch(const api::TaskName& name, Callback<std::shared_ptr<flow::Feed>> done);
  void answer(const api::TaskName& name, api::TaskAnswer answer, Callback<void> done);
  void stop(const api::TaskName& name, flow::Event event, Callback<void> done);
  void resume(const api::TaskName& name, api::TaskResumption wish, Callback<void> done);
  // Adds an event to a run that nobody works at, and then has it worked at if it can go on.
  void add(const api::TaskName& name, std::function<Result<flow::Event>(const flow::State&)> event,
           Callback<void> done);

  // A worker is wanted for the run.
  void employ(const flow::RunHead& head);
  Result<flow::State> work(const flow::RunHead& head, const Active& active);
  void on_worked(const flow::RunHead& head, const Result<flow::State>& state);
  std::shared_ptr<flow::Feed> feed(const std::string& run);
  void renew();
  void take_over();

  TaskDeskParts parts_;
  std::map<std::string, Active> active_;
  std::map<std::string, std::weak_ptr<flow::Feed>> feeds_;
  std::map<std::string, std::shared_ptr<flow::Feed>> kept_feeds_;  // of those at work
  boost::asio::steady_timer renewal_;
  boost::asio::steady_timer next_look_;
  std::set<std::string> given_up_;  // that has been said
  bool winding_down_ = false;
  Library library_;  // of the clerk
  boost::asio::thread_pool clerk_{1};
  boost::asio::thread_pool workers_{kTasksAtOnce};
};

}  // namespace hearth
