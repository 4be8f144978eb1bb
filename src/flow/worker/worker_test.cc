#include "flow/worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing/empty_place.h"
#include "flow/testing/scripted_tools.h"

namespace hearth::flow {
namespace {

using db::testing::Driver;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kPlan =
    R"({"reason":"r","goal":"g","success_criteria":["done"],"steps":[)"
    R"({"id":"s1","kind":"tool","title":"Read","instruction":"Read a.txt.","tool":"read_file",)"
    R"("args":{"path":"a.txt"}},)"
    R"({"id":"s2","kind":"llm","title":"Shout","instruction":"Shout ${s1.output}."},)"
    R"({"id":"s3","kind":"tool","title":"Append","instruction":"Append it.","tool":"append_file",)"
    R"("args":{"path":"b.txt","text":"${s2.output}"}}]})";

class ScriptedModels final : public Models {
 public:
  std::vector<Question> asked;
  std::function<Result<Reply>(const Question&)> fault;

  Result<Reply> ask(const Question& question, const base::CancelToken& cancel,
                    const Hearing& hear) override {
    asked.push_back(question);
    if (cancel.cancelled()) return fail(Code::kCancelled, "called off");
    if (fault) return fault(question);
    Reply reply;
    reply.text = question.role == Role::kPlanner ? kPlan
                 : question.role == Role::kCritic
                     ? R"({"reason":"","issues":[],"verdict":"accept"})"
                     : "HELLO";
    hear({Piece::Kind::kText, reply.text});
    return reply;
  }
  PromptBook prompts(const std::string&) const override { return plain_prompts(); }
};

class WorkerTest : public ::testing::TestWithParam<Driver> {
 protected:
  WorkerTest() {
    auto opened = RunStore::open(*database_);
    HEARTH_ASSERT(opened.has_value());
    store_.emplace(std::move(*opened));
    tools_.files["a.txt"] = "hello";
  }

  void make(const std::string& id = "task-1") {
    RunStarted started;
    started.task = "Read a.txt and append it to b.txt.";
    started.approve = Approve::kAuto;
    started.cast = {"ember", "ember", "ember"};
    RunHead head;
    head.id = id;
    head.task = started.task;
    head.made_ms = clock_.wall_ms();
    const auto made = store_->make(head, {started});
    ASSERT_TRUE(made) << made.error().message;
  }
  Worker worker(const std::string& holder = "one", const std::string& id = "task-1") {
    const auto held = store_->hold(id, holder, clock_.wall_ms(), clock_.wall_ms() + 1000);
    EXPECT_TRUE(held);
    return Worker({*store_, models_, tools_, clock_, holder, "",
                   [this](const Told& told) {
                     told_.push_back(std::string(told.name));
                     if (told.number == stop_at_) stop_.cancel();
                   }},
                  id);
  }
  Stop stop(bool is_called_off = false) {
    return {stop_.token(), [is_called_off] { return is_called_off; }};
  }
  RunStatus status() { return store_->find("task-1", "")->status; }

  db::testing::EmptyPlace place_{GetParam()};
  std::unique_ptr<db::Database> database_ = place_.open();
  std::optional<RunStore> store_;
  base::ManualClock clock_;
  ScriptedModels models_;
  testing::ScriptedTools tools_;
  base::CancelSource stop_;
  std::uint64_t stop_at_ = UINT64_MAX;  // the number of an event
  std::vector<std::string> told_;
};

INSTANTIATE_TEST_SUITE_P(Both, WorkerTest, db::testing::kBothDrivers, db::testing::driver_name);

TEST_P(WorkerTest, ARunIsDoneAndKept) {
  make();
  Worker one = worker();
  ASSERT_TRUE(one.work(stop()));
  EXPECT_EQ(status(), RunStatus::kCompleted);
  EXPECT_EQ(tools_.files["b.txt"], "HELLO\n");
  EXPECT_THAT(told_, Contains("token.delta"));
  const auto events = store_->events("task-1", 0);
  ASSERT_TRUE(events);
  EXPECT_EQ(events->back().name, "run.completed");
  EXPECT_EQ(events->back().number, events->size());
  EXPECT_THAT(store_->list("", 10).value(), SizeIs(1));
  EXPECT_THAT(store_->list("key-b", 10).value(), SizeIs(0));
}

// The daemon leaves after every single event, and another one goes on. What was to be done just
// then is done when it is back, but for what nobody may do twice: a person is asked.
TEST_P(WorkerTest, WhereverADaemonLeavesAnotherGoesOn) {
  make();
  int questions = 0;
  for (int leaving = 0; !is_over(status()) && leaving < 100; ++leaving) {
    stop_ = base::CancelSource();
    const std::string holder = "daemon " + std::to_string(leaving);
    Worker one = worker(holder);
    const State before = Worker::load(*store_, "task-1").value();
    // That it was resumed is an event, too.
    stop_at_ = before.events + (before.has_open_call() ? 2 : 1);
    ASSERT_TRUE(one.work(stop()));
    if (status() == RunStatus::kWaiting) {
      const ApprovalRequested asked = *one.state().approval;
      EXPECT_EQ(asked.about, ApprovalRequested::About::kUnknownEffect);
      ASSERT_TRUE(one.add(ApprovalResolved{asked.approval, true, "", "me"}));
      stop_at_ = UINT64_MAX;
      if (++questions == 1) {
        Worker two = worker(holder);
        stop_ = base::CancelSource();
        ASSERT_TRUE(two.work(stop()));
      }
    }
    ASSERT_TRUE(store_->let_go("task-1", holder));
  }
  EXPECT_EQ(questions, 1);
  EXPECT_EQ(status(), RunStatus::kCompleted);
  EXPECT_EQ(tools_.files["b.txt"], "HELLO\n") << "what nobody may do twice was done once";
  std::set<std::string> completed;
  const std::vector<KeptEvent> events = store_->events("task-1", 0).value();
  for (const KeptEvent& event : events) {
    if (event.name == "call.completed" || event.name == "tool.completed") {
      EXPECT_TRUE(completed.insert(event.json).second) << event.json;
    }
  }
}

TEST_P(WorkerTest, OnlyOneWorksAtIt) {
  make();
  Worker one = worker("one");
  EXPECT_EQ(store_->hold("task-1", "two", clock_.wall_ms(), clock_.wall_ms() + 1000).error().code,
            Code::kAlreadyExists);
  EXPECT_THAT(store_->abandoned("two", clock_.wall_ms()).value(), SizeIs(0));
  EXPECT_THAT(store_->abandoned("one", clock_.wall_ms()).value(), SizeIs(1)) << "its own";
  clock_.advance(std::chrono::seconds(2));
  EXPECT_THAT(store_->abandoned("two", clock_.wall_ms() + 2000).value(), SizeIs(1));
  ASSERT_TRUE(store_->hold("task-1", "two", clock_.wall_ms() + 2000, clock_.wall_ms() + 9000));
  const auto worked = one.work(stop());
  ASSERT_FALSE(worked) << "who lost it adds nothing";
  EXPECT_EQ(worked.error().code, Code::kAlreadyExists);
  EXPECT_THAT(store_->events("task-1", 0).value(), SizeIs(1));
}

TEST_P(WorkerTest, CalledOffItEnds) {
  make();
  stop_at_ = 5;
  Worker one = worker();
  ASSERT_TRUE(one.work(stop(true)));
  EXPECT_EQ(status(), RunStatus::kCancelled);
}

TEST_P(WorkerTest, APersonIsWaitedForWithoutAWorker) {
  tools_.permissions["append_file"] = {Permission::Rule::kAsk, "it writes"};
  make();
  Worker one = worker();
  ASSERT_TRUE(one.work(stop()));
  EXPECT_EQ(status(), RunStatus::kWaiting);
  ASSERT_TRUE(one.add(ApprovalResolved{1, true, "", "me"}));
  EXPECT_EQ(status(), RunStatus::kRunning);
  Worker two = worker();
  ASSERT_TRUE(two.work(stop()));
  EXPECT_EQ(status(), RunStatus::kCompleted);
  EXPECT_EQ(tools_.files["b.txt"], "HELLO\n");
}

TEST_P(WorkerTest, ALockedDatabaseLosesNothing) {
  make();
  Worker one = worker();
  ASSERT_TRUE(store_->let_go("task-1", "one"));
  EXPECT_FALSE(one.work(stop()));
  Worker two = worker("two");
  ASSERT_TRUE(two.work(stop()));
  EXPECT_EQ(status(), RunStatus::kCompleted);
}

}  // namespace
}  // namespace hearth::flow
