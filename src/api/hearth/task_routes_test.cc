#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api {
namespace {

using ::testing::ElementsAre;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::Not;

class TaskRoutes : public ::testing::Test {
 protected:
  std::string must_send(std::string_view method, std::string_view path,
                        std::string_view body = {}) {
    const auto reply = face_.send(method, path, body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  }
  Face face_;
};

TEST_F(TaskRoutes, StartListShowAndWatch) {
  const std::string begun =
      must_send("POST", "/hearth/v1/tasks",
                R"({"task":"tidy up","mode":"strict","approve":"deny","workspace":"/w",)"
                R"("roles":{"critic":"none"},"budget":{"tokens":7}})");
  EXPECT_THAT(begun, HasSubstr(R"("id":"task-1")"));
  EXPECT_EQ(face_.tasks.wish.mode, flow::Mode::kStrict);
  EXPECT_EQ(face_.tasks.wish.approve, flow::Approve::kDeny);
  EXPECT_EQ(face_.tasks.wish.cast.critic, "none");
  EXPECT_EQ(face_.tasks.wish.budget.tokens, 7U);
  EXPECT_EQ(face_.tasks.wish.budget.model_calls, 40U) << "what is not named stays";
  EXPECT_THAT(must_send("GET", "/hearth/v1/tasks"), HasSubstr("tidy up"));
  const std::string shown = must_send("GET", "/hearth/v1/tasks/task-1");
  EXPECT_THAT(shown, HasSubstr(R"("answer":"done")"));
  EXPECT_THAT(shown, HasSubstr(R"("best_effort":false)"));
  const std::string events = must_send("GET", "/hearth/v1/tasks/task-1/events");
  EXPECT_THAT(events, HasSubstr("id: 1\nevent: run.started\ndata: {\"run_id\":\"task-1\""));
  EXPECT_THAT(events, HasSubstr("event: token.delta\ndata: "));
  EXPECT_THAT(events, HasSubstr("id: 2\nevent: run.completed"));
}

TEST_F(TaskRoutes, WhoWasAwayGoesOnBehindWhatHeHeard) {
  must_send("POST", "/hearth/v1/tasks", R"({"task":"tidy up"})");
  const std::string events = must_send("GET", "/hearth/v1/tasks/task-1/events?after=1");
  EXPECT_THAT(events, Not(HasSubstr("run.started")));
  EXPECT_THAT(events, HasSubstr("run.completed"));
  EXPECT_EQ(face_.send("GET", "/hearth/v1/tasks/task-1/events?after=x").status, 400);
}

TEST_F(TaskRoutes, WhatIsDoneWithATask) {
  must_send("POST", "/hearth/v1/tasks", R"({"task":"ask me"})");
  EXPECT_THAT(must_send("GET", "/hearth/v1/tasks/task-1"), HasSubstr(R"("text":"May it?")"));
  must_send("POST", "/hearth/v1/tasks/task-1/approve",
            R"({"approval":1,"approve":true,"answer":"go"})");
  EXPECT_EQ(face_.tasks.answered.answer, "go");
  for (const char* what : {"pause", "resume", "cancel"})
    must_send("POST", std::string("/hearth/v1/tasks/task-1/") + what);
  must_send("POST", "/hearth/v1/tasks/task-1/resume", R"({"force":true})");
  must_send("POST", "/hearth/v1/tasks/task-1/fork", R"({"events":1})");
  must_send("POST", "/hearth/v1/tasks/task-1/retry");
  EXPECT_THAT(face_.tasks.done,
              ElementsAre("approve task-1", "pause task-1", "resume task-1", "cancel task-1",
                          "force task-1", "fork task-1 1", "fork task-1 0"));
}

TEST_F(TaskRoutes, WhatCannotBeIsRefusedByName) {
  const auto status = [this](std::string_view path, std::string_view body) {
    return face_.send("POST", path, body).status;
  };
  EXPECT_EQ(status("/hearth/v1/tasks", R"({"task":"  "})"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks", R"({"task":"x","workspace":"relative"})"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks", R"({"task":"x","colour":1})"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks", R"({"task":"x","budget":{"steps":99}})"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks", R"({"task":"x","plan":{"steps":[]}})"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks", R"({"task":"x","plan":"s1"})"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks", "[]"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks/task-9/cancel", ""), 404);
  EXPECT_EQ(status("/hearth/v1/tasks/task-9/dance", ""), 404);
  EXPECT_EQ(status("/hearth/v1/tasks/task-9/approve", "{}"), 400);
  EXPECT_EQ(status("/hearth/v1/tasks/task-9/resume", R"({"force":1})"), 400);
  EXPECT_EQ(face_.send("GET", "/hearth/v1/tasks?limit=all").status, 400);
}

}  // namespace
}  // namespace hearth::api
