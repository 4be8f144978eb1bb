// A run whose database somebody else keeps locked, for a while and for good.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing/empty_place.h"
#include "flow/testing/scripted_models.h"
#include "flow/testing/scripted_tools.h"
#include "flow/worker/worker.h"

namespace hearth::flow {
namespace {

using db::testing::Driver;
using ::testing::SizeIs;
using testing::spoken;

constexpr const char* kPlan =
    R"({"reason":"r","goal":"g","success_criteria":["done"],"steps":[)"
    R"({"id":"s1","kind":"tool","title":"Append","instruction":"Append it.","tool":"append_file",)"
    R"("args":{"path":"b.txt","text":"x"}}]})";

class LockedDatabase : public ::testing::TestWithParam<Driver> {
 protected:
  LockedDatabase() {
    RunStarted started;
    started.task = "Append x to b.txt.";
    started.approve = Approve::kAuto;
    started.cast = {"ember", "", "ember"};
    RunHead head;
    head.id = "task-1";
    head.task = started.task;
    HEARTH_ASSERT(store_.make(head, {started}).has_value());
  }

  static RunStore must_open(db::Database& database) {
    auto opened = RunStore::open(database);
    HEARTH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  Result<State> work(RunStore& store, const std::string& holder) {
    HEARTH_TRY(store.hold("task-1", holder, clock_.wall_ms(), clock_.wall_ms() + 1000));
    Worker worker({store, models_, tools_, clock_, holder, "", {}}, "task-1");
    HEARTH_TRY(worker.work({{}, [] { return false; }}));
    return worker.state();
  }

  db::testing::EmptyPlace place_{GetParam()};
  std::unique_ptr<db::Database> database_ =
      place_.open({.lock_wait = std::chrono::milliseconds(5)});
  std::unique_ptr<db::Database> other_ = place_.open();
  RunStore store_ = must_open(*database_);
  std::optional<db::Transaction> lock_;  // of the other
  base::ManualClock clock_;
  testing::ScriptedModels models_{[](const Question&) { return spoken(kPlan); }};
  testing::ScriptedTools tools_;
};

INSTANTIATE_TEST_SUITE_P(Both, LockedDatabase, db::testing::kBothDrivers, db::testing::driver_name);

// It is locked while the tool does what nobody may do twice, and stays so.
TEST_P(LockedDatabase, ForGoodTheRunIsLeftAndGoneOnWithLater) {
  tools_.fault = [this](const ToolCall&) -> std::optional<ToolOutcome> {
    auto locked = db::Transaction::begin(*other_);
    EXPECT_TRUE(locked);
    EXPECT_TRUE(other_->run("UPDATE flow_runs SET task = 'locked'"));
    lock_.emplace(std::move(*locked));
    return std::nullopt;
  };
  const auto worked = work(store_, "one");
  ASSERT_FALSE(worked);
  EXPECT_EQ(worked.error().code, Code::kDeadlineExceeded);
  EXPECT_EQ(tools_.files["b.txt"], "x\n");
  lock_.reset();
  tools_.fault = nullptr;
  ASSERT_TRUE(store_.let_go("task-1", "one"));
  const auto state = work(store_, "two");
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_TRUE(state->approval) << "somebody is asked before it is done again";
  EXPECT_EQ(state->approval->about, ApprovalRequested::About::kUnknownEffect);
  EXPECT_EQ(tools_.files["b.txt"], "x\n");
}

// The real database, but that its next transactions meet a lock.
class Refusing final : public db::Database {
 public:
  explicit Refusing(db::Database& inner) : db::Database("refusing"), inner_(inner) {}
  int refusals = 0;

  Result<void> keep_copy(std::string_view suffix) override { return inner_.keep_copy(suffix); }
  const db::Words& words() const override { return inner_.words(); }

 private:
  Result<db::Answer> run_one(std::string_view sql, const std::vector<db::Value>& values) override {
    return inner_.run(sql, values);
  }
  Result<void> run_all(std::string_view sql) override { return inner_.run_script(sql); }
  Result<void> send(std::string_view, std::string_view) override { return {}; }
  Result<void> begin_listening(std::string_view) override { return {}; }
  Result<db::Heard> take_heard() override { return db::Heard(); }
  Result<void> begin() override {
    if (refusals-- > 0) return fail(Code::kDeadlineExceeded, "it is locked");
    transaction_.emplace(HEARTH_TRY(db::Transaction::begin(inner_)));
    return {};
  }
  Result<void> commit() override {
    auto committed = transaction_->commit();
    transaction_.reset();
    return committed;
  }
  void roll_back() override { transaction_.reset(); }

  db::Database& inner_;
  std::optional<db::Transaction> transaction_;
};

TEST_P(LockedDatabase, ForAWhileNothingIsLostAndNobodyIsAsked) {
  Refusing refusing(*database_);
  RunStore store = must_open(refusing);
  tools_.fault = [&](const ToolCall&) -> std::optional<ToolOutcome> {
    refusing.refusals = kKeepTriesMost - 1;
    return std::nullopt;
  };
  const auto state = work(store, "one");
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->end->how, RunEnded::How::kCompleted);
  EXPECT_THAT(tools_.used, SizeIs(1));
  EXPECT_EQ(tools_.files["b.txt"], "x\n");
}

}  // namespace
}  // namespace hearth::flow
