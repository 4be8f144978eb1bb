// Tasks on the real daemon, with ember and the tools of this machine: done, killed at any time and
// gone on with, called off, asked for.
#include <chrono>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string text_in(const std::string& json, std::string_view key) {
  const auto value = json::parse(json);
  if (!value) return "";
  const auto field = json::Node(*value).find(key);
  return field ? std::string(field->text().value_or("")) : "";
}

class TaskTest : public ::testing::Test {
 protected:
  TaskTest() { write("names.txt", "pear\napple\nfig\n"); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() + "/" + name) << text;
  }
  std::string read(const std::string& name) {
    return base::load_text_file(folder_.path() + "/" + name, 4096).value_or("");
  }
  std::string begin(DaemonProcess& daemon, const std::string& task,
                    const std::string& approve = "auto") {
    json::Writer body;
    body.open('{').key("task").text(task).key("workspace").text(folder_.path());
    body.key("approve").text(approve).close('}');
    const net::HttpReply reply = daemon.post("/hearth/v1/tasks", body.take());
    EXPECT_EQ(reply.status, 200) << reply.body;
    return text_in(reply.body, "id");
  }
  static std::string sheet(DaemonProcess& daemon, const std::string& id) {
    return daemon.get("/hearth/v1/tasks/" + id).body;
  }
  static std::string status(DaemonProcess& daemon, const std::string& id) {
    return text_in(sheet(daemon, id), "status");
  }
  // Until nobody works at it.
  static std::string end(DaemonProcess& daemon, const std::string& id) {
    EXPECT_TRUE(becomes_true([&] { return status(daemon, id) != "running"; }));
    return status(daemon, id);
  }
  static std::string events(DaemonProcess& daemon, const std::string& id,
                            const std::string& after = "0") {
    return daemon.get("/hearth/v1/tasks/" + id + "/events?after=" + after).body;
  }

  base::testing::TemporaryFolder folder_;
};

TEST_F(TaskTest, AFileIsCopiedByAPlan) {
  DaemonProcess daemon;
  const std::string id = begin(daemon, "Copy names.txt to copy.txt.");
  EXPECT_EQ(end(daemon, id), "completed") << events(daemon, id);
  EXPECT_THAT(read("copy.txt"), HasSubstr("apple"));
  const std::string told = events(daemon, id);
  for (const char* name : {"run.started", "plan.created", "critique.completed", "tool.intent",
                           "tool.completed", "run.completed"})
    EXPECT_THAT(told, HasSubstr(std::string("event: ") + name));
  const std::string later = events(daemon, id, "5");
  EXPECT_THAT(later, Not(HasSubstr("run.started")));
  EXPECT_THAT(later, HasSubstr("run.completed"));
}

TEST_F(TaskTest, AQuestionIsAnsweredAtOnce) {
  DaemonProcess daemon;
  const std::string id = begin(daemon, "What is your name?");
  EXPECT_EQ(end(daemon, id), "completed");
  EXPECT_THAT(text_in(sheet(daemon, id), "answer"), Not(IsEmpty()));
  EXPECT_THAT(events(daemon, id), Not(HasSubstr("plan.created")));
}

// The daemon is killed while the task runs, each time a little later, and a new one goes on.
TEST_F(TaskTest, WhatAKilledDaemonBeganTheNextOneEnds) {
  DaemonProcess daemon;
  const std::string id = begin(daemon, "Copy names.txt to copy.txt.");
  for (const char* last : {"call.intent", "plan.created", "step.started", "tool.completed"}) {
    std::string heard;
    daemon.get("/hearth/v1/tasks/" + id + "/events?after=0", [&](std::string_view bytes) {
      heard += bytes;
      const bool enough = heard.find(std::string("event: ") + last) != std::string::npos;
      return enough ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
    });
    daemon.kill_and_restart();
  }
  EXPECT_EQ(end(daemon, id), "completed") << events(daemon, id);
  EXPECT_THAT(read("copy.txt"), HasSubstr("apple"));
  // No call has ended twice.
  const std::string told = events(daemon, id);
  std::set<std::string> ended;
  for (std::size_t at = told.find("event: call.completed"); at != std::string::npos;
       at = told.find("event: call.completed", at + 1)) {
    const std::size_t call = told.find("\"call\":", at);
    EXPECT_TRUE(ended.insert(told.substr(call, told.find(',', call) - call)).second);
  }
}

TEST_F(TaskTest, WhatNeedsConsentWaitsAndIsRefused) {
  DaemonProcess daemon({}, {"HEARTH_TOOLS_RULES=write_file=ask"});
  const std::string id = begin(daemon, "Copy names.txt to copy.txt.", "ask");
  EXPECT_EQ(end(daemon, id), "waiting_approval") << events(daemon, id);
  EXPECT_THAT(sheet(daemon, id), HasSubstr("\"tool\":\"write_file\""));
  EXPECT_EQ(read("copy.txt"), "");
  EXPECT_EQ(daemon.post("/hearth/v1/tasks/" + id + "/approve", R"({"approve":false})").status, 200);
  EXPECT_EQ(end(daemon, id), "partial");
  EXPECT_EQ(read("copy.txt"), "");
  const std::string again =
      text_in(daemon.post("/hearth/v1/tasks/" + id + "/retry", "").body, "id");
  EXPECT_EQ(end(daemon, again), "waiting_approval");
  EXPECT_EQ(daemon.post("/hearth/v1/tasks/" + again + "/approve", R"({"approve":true})").status,
            200);
  EXPECT_EQ(end(daemon, again), "completed");
  EXPECT_THAT(read("copy.txt"), HasSubstr("apple"));
}

TEST_F(TaskTest, WithOtherRulesItGoesOnOnlyWhenItIsForced) {
  DaemonProcess daemon({}, {"HEARTH_TOOLS_RULES=write_file=ask"});
  const std::string id = begin(daemon, "Copy names.txt to copy.txt.", "ask");
  EXPECT_EQ(end(daemon, id), "waiting_approval") << events(daemon, id);
  daemon.kill_and_restart({"HEARTH_TOOLS_RULES=write_file=auto"});
  EXPECT_EQ(daemon.post("/hearth/v1/tasks/" + id + "/approve", R"({"approve":true})").status, 200);
  EXPECT_EQ(end(daemon, id), "paused");
  EXPECT_THAT(text_in(sheet(daemon, id), "message"), HasSubstr("the rules are others"));
  EXPECT_EQ(read("copy.txt"), "");
  EXPECT_EQ(daemon.post("/hearth/v1/tasks/" + id + "/resume", R"({"force":true})").status, 200);
  EXPECT_EQ(end(daemon, id), "completed") << events(daemon, id);
  EXPECT_THAT(read("copy.txt"), HasSubstr("apple"));
}

}  // namespace
}  // namespace hearth::testing
