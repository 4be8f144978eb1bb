// The loop of the daemon with a scripted model and scripted tools.
#include "agent/acting_stream.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Events = std::vector<chat::Event>;
using Reason = chat::Finished::Reason;

// A loop that runs what was posted when it is told to.
class Loop {
 public:
  void post(std::function<void()> work) { work_.push_back(std::move(work)); }
  void run() {
    while (!work_.empty()) {
      const auto work = std::move(work_.front());
      work_.pop_front();
      work();
    }
  }

 private:
  std::deque<std::function<void()>> work_;
};

class ScriptedStream final : public chat::EventStream {
 public:
  ScriptedStream(Loop& loop, Events events) : loop_(loop), events_(std::move(events)) {}
  void next(Handler handler) override {
    if (at_ == events_.size()) return;
    loop_.post(
        [event = events_[at_++], handler = std::move(handler), alive = std::weak_ptr(alive_)] {
          if (!alive.expired()) handler(event);
        });
  }

 private:
  Loop& loop_;
  const Events events_;
  std::size_t at_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

chat::ToolCallDelta delta(std::uint32_t index, const std::string& name,
                          const std::string& arguments) {
  return {index, "call_" + name, name, arguments};
}

// An answer of a model: what it says, its usage, and how it ends.
Events answer(Events said, Reason reason) {
  Events events = {chat::Started{7, 10}};
  events.insert(events.end(), said.begin(), said.end());
  chat::Usage usage;
  usage.prompt_tokens = 10;
  usage.completion_tokens = 3;
  events.emplace_back(usage);
  events.emplace_back(chat::Finished{reason});
  return events;
}
Events calling(const std::string& name, const std::string& arguments) {
  return answer(
      {delta(0, name, arguments.substr(0, 2)), chat::ToolCallDelta{0, "", "", arguments.substr(2)}},
      Reason::kToolCalls);
}
Events saying(const std::string& text) {
  return answer({chat::TextDelta{text}}, Reason::kStop);
}

class ActingStreamTest : public ::testing::Test {
 protected:
  ActingStreamTest() {
    request_.id = "req-1";
    request_.messages = {{chat::Role::kUser, "hi"}};
    tool::Spec echo;
    echo.name = "echo";
    echo.parameters = R"({"type":"object"})";
    tools_.specs = {echo};
    tools_.check = [](std::string_view name, std::string_view) -> std::vector<std::string> {
      if (name == "echo") return {};
      return {"there is no such tool"};
    };
    tools_.run = [this](const tool::Call& call, const std::function<void(tool::Outcome)>& done) {
      runs_.push_back(call);
      if (!is_hanging_)
        loop_.post([done, output = call.arguments] { done(tool::Outcome{.output = output}); });
      return [this] { ++called_off_; };
    };
  }

  std::unique_ptr<ActingStream> start() {
    Hands hands;
    hands.ask = [this](chat::Request request) {
      asked_.push_back(std::move(request));
      Events events = scripts_.empty() ? Events{} : std::move(scripts_.front());
      if (!scripts_.empty()) scripts_.pop_front();
      return std::make_unique<ScriptedStream>(loop_, std::move(events));
    };
    hands.tell = [this](CallNews news) { news_.push_back(std::move(news)); };
    hands.post = [this](std::function<void()> work) { loop_.post(std::move(work)); };
    return std::make_unique<ActingStream>(request_, tools_, limits_, std::move(hands));
  }

  // Everything until the end, without Progress.
  Events listen() {
    const auto stream = start();
    Events heard;
    bool is_over = false;
    while (!is_over) {
      bool has_come = false;
      stream->next([&](chat::Event event) {
        has_come = true;
        is_over = chat::ends_stream(event);
        if (!std::holds_alternative<chat::Progress>(event)) heard.push_back(std::move(event));
      });
      EXPECT_FALSE(has_come) << "from inside next()";
      loop_.run();
      if (!has_come) break;
    }
    EXPECT_TRUE(is_over);
    return heard;
  }

  static std::string text_of(const Events& events) {
    std::string text;
    for (const chat::Event& event : events) {
      if (const auto* delta = std::get_if<chat::TextDelta>(&event)) text += delta->text;
    }
    return text;
  }

  Loop loop_;
  chat::Request request_;
  OpenTools tools_;
  Limits limits_;
  std::deque<Events> scripts_;
  std::vector<chat::Request> asked_;
  std::vector<tool::Call> runs_;
  std::vector<CallNews> news_;
  bool is_hanging_ = false;
  int called_off_ = 0;
};

TEST_F(ActingStreamTest, CallsAreMadeAndTheirResultsGivenBack) {
  scripts_ = {calling("echo", R"({"a":1})"), saying("done")};
  const Events heard = listen();
  ASSERT_THAT(heard, SizeIs(4));
  EXPECT_EQ(std::get<chat::Started>(heard[0]).seed, 7U);
  EXPECT_EQ(std::get<chat::TextDelta>(heard[1]).text, "done");
  EXPECT_EQ(std::get<chat::Usage>(heard[2]).prompt_tokens, 20U);
  EXPECT_EQ(std::get<chat::Usage>(heard[2]).completion_tokens, 6U);
  EXPECT_EQ(std::get<chat::Finished>(heard[3]).reason, Reason::kStop);
  ASSERT_THAT(runs_, SizeIs(1));
  EXPECT_EQ(runs_[0].arguments, R"({"a":1})");
  EXPECT_EQ(runs_[0].idempotency_key, "req-1/call_echo");
  ASSERT_THAT(asked_, SizeIs(2));
  EXPECT_EQ(asked_[0].tools[0].name, "echo");
  ASSERT_THAT(asked_[1].messages, SizeIs(3));
  EXPECT_EQ(asked_[1].messages[1].tool_calls[0].arguments, R"({"a":1})");
  EXPECT_EQ(asked_[1].messages[2].role, chat::Role::kTool);
  EXPECT_EQ(asked_[1].messages[2].content, R"({"a":1})");
  EXPECT_EQ(asked_[1].sampling.seed, 7U);
}

TEST_F(ActingStreamTest, WhoListensIsToldOfEachCallTwice) {
  scripts_ = {calling("echo", R"({"a":1})"), calling("nobody", "{}"), saying("done")};
  tools_.specs.push_back(tools_.specs[0]);
  tools_.specs[1].name = "nobody";
  listen();
  ASSERT_THAT(news_, SizeIs(3));
  EXPECT_EQ(news_[0].name, "echo");
  EXPECT_FALSE(news_[0].status);
  EXPECT_EQ(news_[1].status, tool::Status::kOk);
  EXPECT_EQ(news_[1].output, R"({"a":1})");
  EXPECT_EQ(news_[2].round, 2U);
  EXPECT_EQ(news_[2].status, tool::Status::kRefused);
  EXPECT_EQ(news_[2].error, "there is no such tool");
}

TEST_F(ActingStreamTest, TheNewsAreThereBeforeWhatWakesWhoWaits) {
  scripts_ = {calling("echo", "{}"), saying("done")};
  is_hanging_ = true;
  const auto stream = start();
  std::optional<chat::Event> event;
  while (!event || !std::holds_alternative<chat::Progress>(*event)) {
    event.reset();
    stream->next([&](chat::Event one) { event = std::move(one); });
    loop_.run();
    ASSERT_TRUE(event);
  }
  EXPECT_THAT(news_, SizeIs(1));
  EXPECT_THAT(runs_, IsEmpty()) << "it was not asked to go on";
}

TEST_F(ActingStreamTest, ACallOfTheClientsIsHandedToItAndEndsTheAnswer) {
  request_.tools = {{"theirs", "", ""}};
  scripts_ = {
      calling("echo", "{}"),
      answer({delta(0, "echo", "{}"), delta(1, "theirs", "{\"b\":2}")}, Reason::kToolCalls)};
  const Events heard = listen();
  ASSERT_THAT(heard, SizeIs(4));
  const auto& call = std::get<chat::ToolCallDelta>(heard[1]);
  EXPECT_EQ(call.name, "theirs");
  EXPECT_EQ(call.index, 0U);
  EXPECT_EQ(std::get<chat::Finished>(heard[3]).reason, Reason::kToolCalls);
  EXPECT_THAT(runs_, SizeIs(1)) << "the second was not made";
  EXPECT_EQ(news_.back().status, tool::Status::kRefused);
}

TEST_F(ActingStreamTest, AfterTheLastRoundItIsAskedWithoutToolsAndANoteSaysSo) {
  limits_.rounds = 2;
  request_.tool_choice.kind = chat::ToolChoice::Kind::kRequired;
  for (int i = 0; i < 5; ++i)
    scripts_.push_back(calling("echo", "{\"n\":" + std::to_string(i) + "}"));
  const Events heard = listen();
  using Kind = chat::ToolChoice::Kind;
  std::vector<Kind> choices;
  for (const chat::Request& request : asked_)
    choices.push_back(request.tool_choice.kind);
  EXPECT_THAT(choices, ElementsAre(Kind::kRequired, Kind::kAuto, Kind::kNone));
  EXPECT_THAT(runs_, SizeIs(2));
  ASSERT_THAT(heard, SizeIs(4));
  EXPECT_THAT(std::get<chat::Warning>(heard[1]).text, HasSubstr("in 2 rounds"));
  EXPECT_EQ(std::get<chat::Finished>(heard[3]).reason, Reason::kStop) << "it calls nothing";
}

TEST_F(ActingStreamTest, TextsOfTwoRoundsStandApart) {
  const Events first =
      answer({chat::TextDelta{"Let me look."}, delta(0, "echo", "{}")}, Reason::kToolCalls);
  scripts_ = {first, calling("echo", "{}"), saying("It is there.")};
  EXPECT_EQ(text_of(listen()), "Let me look.\n\nIt is there.");
  EXPECT_EQ(asked_[1].messages[1].content, "Let me look.");
  scripts_ = {first, saying("{}")};
  request_.constraint.kind = chat::Constraint::Kind::kAnyObject;
  EXPECT_EQ(text_of(listen()), "Let me look.{}") << "a document is not changed";
}

TEST_F(ActingStreamTest, ACallOfAnAnswerThatBrokeOffIsNotMade) {
  scripts_ = {answer({delta(0, "echo", "{\"a\":")}, Reason::kLength)};
  const Events heard = listen();
  EXPECT_EQ(std::get<chat::Finished>(heard.back()).reason, Reason::kLength);
  EXPECT_THAT(runs_, IsEmpty());
  ASSERT_THAT(news_, SizeIs(1));
  EXPECT_THAT(news_[0].error, HasSubstr("broke off"));
}

TEST_F(ActingStreamTest, AFailureOfTheModelEndsIt) {
  scripts_ = {calling("echo", "{}"),
              {chat::Failed{make_error(Code::kContextOverflow, "5000 tokens")}}};
  const Events heard = listen();
  EXPECT_EQ(std::get<chat::Failed>(heard.back()).error.message,
            "with what tools have said: 5000 tokens");
}

TEST_F(ActingStreamTest, TwoToolsOfOneNameAreRefused) {
  request_.tools = {{"echo", "", ""}};
  const Events heard = listen();
  ASSERT_THAT(heard, SizeIs(1));
  EXPECT_THAT(std::get<chat::Failed>(heard[0]).error.message, HasSubstr("'echo'"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(ActingStreamTest, ItsEndCallsOffWhatRuns) {
  scripts_ = {calling("echo", "{}")};
  is_hanging_ = true;
  auto stream = start();
  for (bool has_come = true; has_come;) {
    has_come = false;
    stream->next([&](const chat::Event&) { has_come = true; });
    loop_.run();
  }
  ASSERT_THAT(runs_, SizeIs(1));
  stream.reset();
  EXPECT_EQ(called_off_, 1);
}

TEST_F(ActingStreamTest, ItsEndInAHandlerIsAllowed) {
  scripts_ = {calling("echo", "{}")};
  auto stream = start();
  std::function<void(chat::Event)> handler = [&](const chat::Event& event) {
    std::holds_alternative<chat::Progress>(event) ? stream.reset() : stream->next(handler);
  };
  stream->next(handler);
  loop_.run();
  EXPECT_EQ(stream, nullptr);
  EXPECT_THAT(runs_, IsEmpty());
}

}  // namespace
}  // namespace hearth::agent
