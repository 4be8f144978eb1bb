// A run in worlds of chance: planners, critics, executors and tools that do well and badly, and
// workers that are killed at any point, of which the next one goes on. What they say and do is a
// function of what they are asked, so that a run that was killed can be held against one that was
// not.
#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing/empty_place.h"
#include "flow/testing/scripted_models.h"
#include "flow/testing/scripted_tools.h"
#include "flow/worker/worker.h"

namespace hearth::flow {
namespace {

using testing::spoken;

constexpr std::uint64_t kWorlds = 40;
constexpr int kKillsMost = 6;
constexpr int kWorkersMost = 60;
constexpr const char* kRun = "task-1";

class World {
 public:
  explicit World(std::uint64_t seed) : seed_(seed) {
    tools_.fault = [this](const ToolCall& call) { return used(call); };
    RunStarted started;
    started.task = "Read a.txt and append it to b.txt.";
    started.approve = chance("approve") % 2 == 0 ? Approve::kAuto : Approve::kAsk;
    started.cast = {"thinker", chance("critic") % 4 == 0 ? "" : "judge", "doer"};
    if (chance("budget") % 4 == 0) started.budget.model_calls = 3 + chance("calls") % 8;
    if (chance("tokens") % 4 == 0) started.budget.tokens = 2000 + chance("more") % 3000;
    RunHead head;
    head.id = kRun;
    head.task = started.task;
    EXPECT_TRUE(store_.make(head, {started}));
  }

  // To its end, by as many workers as it takes; some are killed.
  void run(int kills) {
    std::mt19937_64 random(seed_);
    for (int workers = 0; !state_.end && workers < kWorkersMost; ++workers) {
      stop_ = base::CancelSource();
      const bool is_killed = workers < kills;
      events_left_ = is_killed ? 1 + static_cast<int>(random() % 12) : INT32_MAX;
      is_killed_in_a_deed_ = is_killed && random() % 2 == 0;
      work("worker " + std::to_string(workers));
    }
  }

  void check() {
    ASSERT_TRUE(state_.end) << "it ends";
    const std::vector<KeptEvent> events = store_.events(kRun, 0).value();
    std::uint64_t number = 0;
    for (const KeptEvent& event : events)
      EXPECT_EQ(event.number, ++number);
    EXPECT_EQ(state_, Worker::load(store_, kRun).value()) << "what is kept is what was";
    const Budget& limit = state_.start.budget;
    EXPECT_LE(state_.spent.model_calls, limit.model_calls);
    EXPECT_LE(state_.spent.tool_calls, limit.tool_calls);
    EXPECT_LE(state_.spent.tokens, limit.tokens);
    EXPECT_LE(state_.spent.revisions, limit.revisions);
    EXPECT_LE(state_.spent.replans, limit.replans);
    EXPECT_FALSE(has_repeated_a_call_) << "what has ended is never done again";
    EXPECT_FALSE(has_repeated_a_deed_) << "nobody agreed to do it twice";
  }

  const State& state() const { return state_; }
  bool was_killed_in_a_deed() const { return was_killed_in_a_deed_; }
  std::size_t asked_again() const { return asked_again_; }

 private:
  std::uint64_t chance(std::string_view of) const {
    const std::string all = std::to_string(seed_) + "/" + std::string(of);
    std::mt19937_64 random(std::hash<std::string>()(all));
    return random();
  }

  void work(const std::string& holder) {
    ASSERT_TRUE(store_.hold(kRun, holder, clock_.wall_ms(), clock_.wall_ms() + 1000));
    Worker worker(
        {store_, models_, tools_, clock_, holder, "", [this](const Told& told) { heard(told); }},
        kRun);
    const auto worked = worker.work({stop_.token(), [] { return false; }});
    ASSERT_TRUE(worked) << worked.error().message;
    if (worker.state().approval && !stop_.cancelled()) {
      const ApprovalRequested asked = *worker.state().approval;
      const bool may_be_refused = asked.about != ApprovalRequested::About::kUnknownEffect;
      const bool granted = !may_be_refused || chance(asked.text) % 4 != 0;
      ++consents_;
      ASSERT_TRUE(worker.add(ApprovalResolved{asked.approval, granted, "blue", "me"}));
    }
    state_ = worker.state();
    ASSERT_TRUE(store_.let_go(kRun, holder));
  }

  void heard(const Told& told) {
    if (told.number == 0) return;
    if (told.name == "run.resumed") ++asked_again_;
    if (told.name == "call.completed" || told.name == "call.failed") ended_.insert(open_call_);
    if (--events_left_ == 0) stop_.cancel();
  }

  Result<Reply> answer(const Question& question) {
    open_call_ = question.seed;
    has_repeated_a_call_ = has_repeated_a_call_ || ended_.contains(question.seed);
    const std::uint64_t luck = chance(question.prompt.user + kRoles.word(question.role).data());
    if (luck % 16 == 0) return fail(Code::kEngineCrashed, "it crashed");
    if (luck % 16 == 1) return spoken("nonsense");
    if (question.role == Role::kPlanner) return spoken(plan(luck / 16));
    if (question.role == Role::kCritic) return spoken(critique(luck / 16));
    Reply reply = spoken(fmt::format("words {}", luck % 100));
    reply.cut = luck % 16 == 2;
    return reply;
  }

  static std::string critique(std::uint64_t luck) {
    if (luck % 3 != 0) return testing::kAcceptance;
    const char* categories[] = {"missing_step", "unsafe", "ordering", "goal_mismatch"};
    return fmt::format(R"({{"reason":"x","issues":[{{"target":"plan","severity":"blocking",)"
                       R"("category":"{}","problem":"p","fix":"f"}}],"verdict":"{}"}})",
                       categories[luck / 3 % 4], luck / 12 % 2 == 0 ? "revise" : "reject");
  }

  // Steps that use each other, now and then in a circle, with tools that are there or not.
  static std::string plan(std::uint64_t luck) {
    std::mt19937_64 random(luck);
    const std::uint64_t count = 1 + random() % 5;
    std::string steps;
    for (std::uint64_t i = 1; i <= count; ++i) {
      const bool is_circle = random() % 16 == 0;
      const std::uint64_t other = is_circle ? 1 + random() % count : i - 1;
      const std::string input = other == 0 ? "text" : fmt::format("${{s{}.output}}", other);
      if (i > 1) steps += ",";
      steps += fmt::format(R"({{"id":"s{}","title":"t{}","instruction":"do {} {}","on_fail":"{}",)",
                           i, i, random() % 3, input,
                           std::array{"retry", "replan", "skip", "abort"}[random() % 4]);
      steps += step_rest(random(), input);
    }
    return fmt::format(R"({{"reason":"r","goal":"g","success_criteria":["done"],"steps":[{}]}})",
                       steps);
  }
  static std::string step_rest(std::uint64_t luck, const std::string& input) {
    if (luck % 12 < 4) return R"("kind":"llm"})";
    if (luck % 12 == 4) return R"("kind":"llm","checks":[{"type":"contains","value":"7"}]})";
    if (luck % 12 == 5) return R"("kind":"ask_user"})";
    if (luck % 12 == 6) return R"("kind":"tool","tool":"warp","args":{}})";
    const char* tools[] = {"read_file", "write_file", "append_file", "append_file"};
    const std::uint64_t tool = luck / 12 % 4;
    const std::string text = tool == 0 ? "" : fmt::format(R"(,"text":"{}")", input);
    return fmt::format(R"("kind":"tool","tool":"{}","args":{{"path":"f{}"{}}}}})", tools[tool],
                       luck / 48 % 3, text);
  }

  ToolOutcome used(const ToolCall& call) {
    using Status = ToolOutcome::Status;
    if (stop_.cancelled()) return {Status::kCancelled, "killed before it"};
    has_repeated_a_call_ = has_repeated_a_call_ || !used_.insert({call.key, lives()}).second;
    if (call.name == "append_file") {
      const auto before = deeds_.find(use_key(call));
      const bool is_agreed = before == deeds_.end() || before->second < consents_;
      has_repeated_a_deed_ = has_repeated_a_deed_ || !is_agreed;
      deeds_[use_key(call)] = consents_;
    }
    if (std::exchange(is_killed_in_a_deed_, false)) {
      was_killed_in_a_deed_ = true;
      stop_.cancel();
      return {Status::kCancelled, "killed behind it"};
    }
    const std::uint64_t luck = chance(use_key(call));
    if (luck % 8 == 0) return {Status::kFailed, "it failed", 1, luck / 8 % 2 == 0};
    if (luck % 16 == 1) return {Status::kTimedOut, "it hung"};
    return {Status::kOk, fmt::format("found {}", luck % 100)};
  }
  std::size_t lives() const { return asked_again_; }

  const std::uint64_t seed_;
  db::testing::EmptyPlace place_{db::testing::Driver::kSqlite};
  std::unique_ptr<db::Database> database_ = place_.open();
  RunStore store_ = RunStore::open(*database_).value();
  base::ManualClock clock_;
  testing::ScriptedModels models_{[this](const Question& question) { return answer(question); }};
  testing::ScriptedTools tools_;
  base::CancelSource stop_;
  int events_left_ = INT32_MAX;  // until this worker is killed
  bool is_killed_in_a_deed_ = false, was_killed_in_a_deed_ = false;
  std::uint64_t open_call_ = 0;
  std::set<std::uint64_t> ended_;                       // calls of models
  std::set<std::pair<std::string, std::size_t>> used_;  // keys of tools' calls, in each life
  std::map<std::string, std::size_t> deeds_;            // and how many consents were there then
  std::size_t consents_ = 0;
  std::size_t asked_again_ = 0;  // runs that were gone on with within a call
  bool has_repeated_a_call_ = false, has_repeated_a_deed_ = false;
  State state_;
};

bool is_about_a_budget(const State& state) {
  return state.exhausted.has_value();
}

TEST(WorkerProperty, WhoeverIsKilledWhereverItEndsAsItWouldHave) {
  std::size_t compared = 0, killed_in_a_deed = 0, gone_on = 0;
  std::set<RunEnded::How> ends;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE("world " + std::to_string(seed));
    World whole(seed), killed(seed);
    whole.run(0);
    whole.check();
    killed.run(kKillsMost);
    killed.check();
    if (::testing::Test::HasFatalFailure()) return;
    ends.insert(killed.state().end->how);
    killed_in_a_deed += killed.was_killed_in_a_deed() ? 1 : 0;
    gone_on += killed.asked_again();
    if (is_about_a_budget(whole.state()) || is_about_a_budget(killed.state())) continue;
    ++compared;
    EXPECT_EQ(killed.state().end->answer, whole.state().end->answer);
    EXPECT_EQ(killed.state().end->how, whole.state().end->how);
  }
  // The worlds are what they are meant to be.
  EXPECT_GE(compared, kWorlds / 2);
  EXPECT_GE(killed_in_a_deed, kWorlds / 8);
  EXPECT_GE(gone_on, kWorlds / 4);
  EXPECT_EQ(ends.size(), 3U) << "done, in part, failed";
}

}  // namespace
}  // namespace hearth::flow
