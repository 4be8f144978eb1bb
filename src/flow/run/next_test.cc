#include "flow/run/next.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flow/prompt/prompt_book.h"
#include "flow/testing/run_in_memory.h"

namespace hearth::flow {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::said;
using testing::Scene;
using ::testing::SizeIs;

constexpr const char* kTask = "Read names.txt, sort the lines and write sorted.txt.";
constexpr const char* kAccept = R"({"reason":"fine","issues":[],"verdict":"accept"})";

Plan sorting_plan() {
  Plan plan;
  plan.reason = "Three steps.";
  plan.goal = kTask;
  plan.success_criteria = {"sorted.txt has the sorted lines."};
  Step read{"s1", Step::Kind::kTool, "Read the file", "Read names.txt."};
  read.tool = "read_file";
  read.args = R"({"path":"names.txt"})";
  Step sort{"s2", Step::Kind::kModel, "Sort the lines", "Sort the lines, from ${s1.output}."};
  sort.depends_on = {"s1"};
  Step write{"s3", Step::Kind::kTool, "Write the file", "Write ${s2.output} to sorted.txt."};
  write.tool = "write_file";
  write.args = R"({"path":"sorted.txt","text":"${s2.output}"})";
  write.depends_on = {"s2"};
  plan.steps = {read, sort, write};
  plan.final_from = {"s3"};
  return plan;
}

std::string critique(std::string_view severity, std::string_view verdict,
                     std::string_view category = "missing_step", std::string_view target = "s2") {
  return fmt::format(R"({{"reason":"x","issues":[{{"target":"{}","severity":"{}","category":"{}",)"
                     R"("problem":"it is wrong","fix":"mend it"}}],"verdict":"{}"}})",
                     target, severity, category, verdict);
}

class NextTest : public ::testing::Test {
 protected:
  NextTest() {
    scene_.tools.files["names.txt"] = "b\na";
    scene_.model = [this](const State&, const CallIntended& intent) -> Event {
      return said(intent, answer(intent));
    };
  }

  std::string answer(const CallIntended& intent) const {
    switch (intent.purpose) {
      case Purpose::kPlan:
        return plan_json(plan_);
      case Purpose::kCritique:
      case Purpose::kJudgeStep:
        return critique_;
      case Purpose::kStep:
        return "a\nb";
      case Purpose::kAnswer:
        return "joined";
      case Purpose::kDirect:
        return "Hello!";
    }
    return "";
  }

  void start(Mode mode = Mode::kAuto, Approve approve = Approve::kAuto) {
    RunStarted started;
    started.task = task_;
    started.mode = mode;
    started.approve = approve;
    started.cast = cast_;
    started.budget = budget_;
    started.plan = own_plan_;
    scene_.tell(started);
  }
  const RunEnded& end() const { return *scene_.state.end; }

  Scene scene_;
  Plan plan_ = sorting_plan();
  std::string critique_ = kAccept;
  std::string task_ = kTask;
  std::string own_plan_;
  Cast cast_{"ember", "ember", "ember"};
  Budget budget_;
};

TEST_F(NextTest, ATaskIsPlannedCriticisedAndDone) {
  start();
  scene_.go();
  EXPECT_THAT(scene_.names(),
              ElementsAre("run.started", "route.decided", "call.intent", "call.completed",
                          "plan.created", "plan.checked", "call.intent", "call.completed",
                          "critique.completed", "plan.accepted", "step.started", "tool.intent",
                          "tool.completed", "step.completed", "step.started", "call.intent",
                          "call.completed", "step.completed", "step.started", "tool.intent",
                          "tool.completed", "step.completed", "run.completed"));
  EXPECT_EQ(scene_.tools.files["sorted.txt"], "a\nb");
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_EQ(end().answer, "Done: Write the file. sorted.txt has the sorted lines.");
}

TEST_F(NextTest, APlanOfOnesOwnIsLookedAtLikeAnyOther) {
  own_plan_ = plan_json(sorting_plan());
  task_ = "Do as it says";
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_EQ(scene_.tools.files["sorted.txt"], "a\nb");
  EXPECT_EQ(scene_.all<CallIntended>().front().purpose, Purpose::kCritique);
}

TEST_F(NextTest, APlanOfOnesOwnThatCannotBeUsedIsWrittenAnew) {
  Plan wrong = sorting_plan();
  wrong.steps[0].tool = "no_such_tool";
  own_plan_ = plan_json(wrong);
  start();
  scene_.go();
  EXPECT_EQ(scene_.all<CallIntended>().front().purpose, Purpose::kPlan);
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
}

TEST_F(NextTest, APlanOfOnesOwnThatCannotBeUsedEndsItWhereNobodyPlans) {
  Plan wrong = sorting_plan();
  wrong.steps[0].tool = "no_such_tool";
  own_plan_ = plan_json(wrong);
  cast_.planner.clear();
  start();
  scene_.go();
  EXPECT_NE(end().how, RunEnded::How::kCompleted);
  EXPECT_THAT(end().message, HasSubstr("nobody plans anew"));
  EXPECT_THAT(end().message, HasSubstr("no_such_tool"));
}

TEST_F(NextTest, ASimpleQuestionNeedsNoPlan) {
  task_ = "What is the capital of France?";
  start();
  scene_.go();
  EXPECT_EQ(end().answer, "Hello!");
  EXPECT_THAT(scene_.asked, SizeIs(1));
}

TEST_F(NextTest, WhatEveryProcessLeavesIsGoneOnWith) {
  start();
  scene_.go();
  const std::vector<Event> whole = scene_.log;
  for (std::size_t kept = 1; kept < whole.size(); ++kept) {
    Scene other;
    other.tools.files["names.txt"] = "b\na";
    other.model = scene_.model;
    other.log.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
    other.resume();
    other.go();
    ASSERT_TRUE(other.state.end) << "after " << kept;
    EXPECT_EQ(other.state.end->how, RunEnded::How::kCompleted) << "after " << kept;
    std::set<std::uint32_t> completed;
    for (const CallCompleted& call : other.all<CallCompleted>())
      EXPECT_TRUE(completed.insert(call.call).second) << "call " << call.call << " was made again";
  }
}

TEST_F(NextTest, WhatMayHaveHappenedIsNotDoneAgainByItself) {
  plan_.steps[2].tool = "append_file";
  start();
  scene_.person = nullptr;
  while (scene_.state.done_for_good.empty() && !scene_.state.tool_use.has_value())
    scene_.go(scene_.log.size() + 1);
  while (!scene_.state.tool_use || scene_.state.tool_use->intent.tool.name != "append_file")
    scene_.go(scene_.log.size() + 1);
  scene_.resume();
  scene_.go();
  ASSERT_TRUE(scene_.state.approval);
  EXPECT_EQ(scene_.state.approval->about, ApprovalRequested::About::kUnknownEffect);
  scene_.tell(ApprovalResolved{scene_.state.approval->approval, true, "", "test"});
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_EQ(scene_.tools.files["sorted.txt"], "a\nb\n");
}

TEST_F(NextTest, NonsenseIsNoPlan) {
  scene_.model = [](const State&, const CallIntended& intent) { return said(intent, "nonsense"); };
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kFailed);
  EXPECT_THAT(end().message, HasSubstr("no plan that could be used"));
  EXPECT_THAT(scene_.asked, SizeIs(3));
}

TEST_F(NextTest, ThePlannerHearsEverythingThatTheGateFinds) {
  Plan bad = plan_;
  bad.steps[0].tool = "read_fil";
  bad.steps[1].depends_on = {"s9"};
  bad.steps[2].args = R"({"path":5})";
  int plans = 0;
  scene_.model = [&, this](const State&, const CallIntended& intent) -> Event {
    const bool first = intent.purpose == Purpose::kPlan && ++plans == 1;
    return said(intent, first ? plan_json(bad) : answer(intent));
  };
  start();
  scene_.go();
  const auto rejected = scene_.all<PlanRejected>();
  ASSERT_THAT(rejected, SizeIs(1));
  EXPECT_EQ(rejected[0].by, PlanRejected::By::kGate);
  EXPECT_THAT(rejected[0].problems,
              Contains("s1: there is no tool read_fil; did you mean read_file?"));
  EXPECT_THAT(rejected[0].problems, Contains("s2: needs step s9, which does not exist"));
  EXPECT_THAT(rejected[0].problems, Contains("s3: write_file: /text is missing"));
  EXPECT_THAT(rejected[0].problems, Contains("s3: write_file: must be a string"));
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
}

TEST_F(NextTest, ACriticWhoAlwaysRejectsDoesNotHoldUpForEver) {
  critique_ = critique("blocking", "reject", "goal_mismatch");
  int plans = 0;
  scene_.model = [&, this](const State&, const CallIntended& intent) -> Event {
    if (intent.purpose == Purpose::kPlan) plan_.steps[1].instruction += std::to_string(++plans);
    return said(intent, answer(intent));
  };
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_EQ(scene_.state.spent.revisions, 1U) << "the same issue twice is no progress";
  EXPECT_THAT(end().warnings, Contains(HasSubstr("it is wrong")));
}

TEST_F(NextTest, ARejectedPlanThatChangesThingsIsAskedFor) {
  critique_ = critique("blocking", "reject", "unsafe");
  scene_.person = [](const State&, const ApprovalRequested& request) {
    EXPECT_EQ(request.about, ApprovalRequested::About::kPlan);
    return ApprovalResolved{request.approval, false, "", "test"};
  };
  start(Mode::kAuto, Approve::kAuto);
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kFailed);
  EXPECT_THAT(scene_.tools.used, IsEmpty());
}

TEST_F(NextTest, AVerdictWithoutAnIssueCountsForNothing) {
  critique_ = R"({"reason":"no","issues":[],"verdict":"reject"})";
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_THAT(scene_.all<PlanRejected>(), IsEmpty());
}

TEST_F(NextTest, ACriticWhomNobodyCanReadAbstains) {
  critique_ = "hm";
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_THAT(end().warnings, Contains(HasSubstr("nobody could read what the critic wrote")));
}

TEST_F(NextTest, AStepThatFailsItsChecksIsTriedAgainThenPlannedAnew) {
  plan_.steps[1].checks = {{Check::Kind::kContains, "z"}};
  int plans = 0;
  scene_.model = [&, this](const State& state, const CallIntended& intent) -> Event {
    if (intent.purpose == Purpose::kPlan && ++plans == 2) {
      EXPECT_THAT(state.problems, ElementsAre(HasSubstr("it does not contain \"z\"")));
      plan_.steps[1].checks = {{Check::Kind::kContains, "a"}};
    }
    return said(intent, answer(intent));
  };
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  EXPECT_EQ(plans, 2);
  EXPECT_EQ(scene_.state.spent.replans, 1U);
  const auto reads = std::count_if(scene_.tools.used.begin(), scene_.tools.used.end(),
                                   [](const ToolCall& call) { return call.name == "read_file"; });
  EXPECT_EQ(reads, 1) << "what was done is not done again";
  EXPECT_THAT(scene_.names(), Contains("step.retry"));
}

TEST_F(NextTest, TheSamePlanAgainIsNoProgress) {
  plan_.steps[1].checks = {{Check::Kind::kContains, "z"}};
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kPartial);
  EXPECT_EQ(end().answer, "b\na") << "the best there is";
  EXPECT_THAT(end().message, HasSubstr("had failed before"));
}

TEST_F(NextTest, ABudgetIsNeverOverdrawn) {
  budget_.model_calls = 2;
  plan_.steps.erase(plan_.steps.begin() + 1);
  plan_.steps[1].args = R"({"path":"sorted.txt","text":"${s1.output}"})";
  plan_.steps[1].depends_on = {"s1"};
  plan_.steps[1].instruction = "Write it.";
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
  budget_.model_calls = 1;
  Scene other;
  other.tools.files = scene_.tools.files;
  other.model = scene_.model;
  std::swap(scene_, other);
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kFailed);
  EXPECT_THAT(end().message, HasSubstr("model_calls"));
  EXPECT_EQ(scene_.state.spent.model_calls, 1U);
}

TEST_F(NextTest, WhatNeedsConsentWaitsForIt) {
  scene_.tools.permissions["write_file"] = {Permission::Rule::kAsk, "it writes"};
  start(Mode::kAuto, Approve::kAsk);
  scene_.person = nullptr;
  scene_.go();
  ASSERT_TRUE(scene_.state.approval);
  EXPECT_EQ(scene_.state.approval->tool.args, R"({"path":"sorted.txt","text":"a\nb"})");
  EXPECT_FALSE(scene_.tools.has_file("sorted.txt"));
  scene_.tell(ApprovalResolved{scene_.state.approval->approval, true, "", "test"});
  scene_.go();
  EXPECT_TRUE(scene_.tools.has_file("sorted.txt"));
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
}

TEST_F(NextTest, ARefusalEndsItWithWhatThereIs) {
  scene_.tools.permissions["write_file"] = {Permission::Rule::kAsk, "it writes"};
  scene_.person = [](const State&, const ApprovalRequested& request) {
    return ApprovalResolved{request.approval, false, "", "test"};
  };
  start(Mode::kAuto, Approve::kAsk);
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kPartial);
  EXPECT_EQ(end().answer, "a\nb");
  EXPECT_FALSE(scene_.tools.has_file("sorted.txt"));
}

TEST_F(NextTest, AModelThatIsAwayIsAskedThreeTimes) {
  scene_.model = [](const State&, const CallIntended& intent) -> Event {
    return CallFailed{intent.call, base::Code::kEngineCrashed, "it crashed", 5};
  };
  start();
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kFailed);
  EXPECT_THAT(scene_.asked, SizeIs(3));
  EXPECT_THAT(end().message, HasSubstr("it crashed"));
}

TEST_F(NextTest, ACutAnswerGetsMoreRoomOnce) {
  std::vector<std::uint32_t> rooms;
  scene_.model = [&, this](const State&, const CallIntended& intent) -> Event {
    CallCompleted completed = said(intent, answer(intent));
    if (intent.purpose == Purpose::kStep) {
      rooms.push_back(intent.tokens_max);
      completed.cut = rooms.size() == 1;
    }
    return completed;
  };
  start();
  scene_.go();
  EXPECT_THAT(rooms, ElementsAre(1024U, 2048U));
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
}

TEST_F(NextTest, AnAnswerThatIsCutAgainIsPlannedAnew) {
  std::vector<std::uint32_t> rooms;
  scene_.model = [&, this](const State&, const CallIntended& intent) -> Event {
    CallCompleted completed = said(intent, answer(intent));
    if (intent.purpose == Purpose::kStep) {
      rooms.push_back(intent.tokens_max);
      completed.cut = true;
    }
    return completed;
  };
  start();
  scene_.go();
  EXPECT_THAT(rooms, ElementsAre(1024U, 2048U));
  EXPECT_THAT(scene_.all<StepFailed>(), SizeIs(1));
  EXPECT_EQ(scene_.all<StepFailed>()[0].fault, Fault::kTruncated);
  EXPECT_EQ(scene_.state.spent.replans, 1U);
}

TEST_F(NextTest, APromptThatDoesNotFitIsMadeSmaller) {
  scene_.tools.files["names.txt"] = std::string(40'000, 'x');
  std::vector<std::size_t> sizes;
  scene_.model = [&, this](const State& state, const CallIntended& intent) -> Event {
    if (intent.purpose != Purpose::kStep) return said(intent, answer(intent));
    sizes.push_back(prompt_of(state, scene_.tools, plain_prompts()).user.size());
    if (sizes.back() < 4000) return said(intent, answer(intent));
    return CallFailed{intent.call, base::Code::kContextOverflow, "it does not fit", 5};
  };
  start();
  scene_.go();
  ASSERT_THAT(sizes, SizeIs(3));
  EXPECT_GT(sizes[0], 3 * sizes[1]);
  EXPECT_GT(sizes[1], 3 * sizes[2]);
  EXPECT_EQ(end().how, RunEnded::How::kCompleted);
}

TEST_F(NextTest, CalledOffItEndsWithWhatThereIs) {
  start();
  scene_.go(17);
  scene_.tell(CancelAsked{"test"});
  scene_.go();
  EXPECT_EQ(end().how, RunEnded::How::kCancelled);
  EXPECT_EQ(end().answer, "b\na");
}

TEST_F(NextTest, EveryEventComesBackFromItsText) {
  plan_.steps[1].checks = {{Check::Kind::kContains, "a"}, {Check::Kind::kMaxChars, "50"}};
  plan_.steps[1].output_schema = "";
  critique_ = critique("minor", "accept");
  start();
  scene_.go();
  std::vector<Event> events = scene_.log;
  events.push_back(StepFailed{"s1", 2, Fault::kTruncated, "m", "o", true});
  events.push_back(CallFailed{3, base::Code::kUpstream, "m", 7});
  events.push_back(ApprovalRequested{1, ApprovalRequested::About::kTool, "s1", "t", {"x", "{}"}});
  events.push_back(ApprovalResolved{1, true, "yes", "me"});
  events.push_back(ReplanBegun{"s2", "why"});
  events.push_back(BudgetExhausted{"tokens"});
  for (const Event& event : events) {
    const auto back = read_event(event_name(event), event_json(event));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, event) << event_json(event);
  }
  EXPECT_EQ(read_event("run.unheard", "{}").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace hearth::flow
