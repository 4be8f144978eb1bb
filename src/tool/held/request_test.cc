#include "tool/held/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/held/child.h"

namespace hearth::tool::held {
namespace {

using ::testing::Contains;
using ::testing::Not;

TEST(Request, ComesThroughAsItWasSaid) {
  const Request said{"read_file", R"({"path":"ä \" b"})", "/w", "/s", {1ULL << 40, 5, 6, 7}};
  const auto heard = parse_request(request_text(said));
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_EQ(heard->tool, said.tool);
  EXPECT_EQ(heard->arguments, said.arguments);
  EXPECT_EQ(heard->workspace, "/w");
  EXPECT_EQ(heard->scratch, "/s");
  EXPECT_EQ(heard->limits.memory_bytes, 1ULL << 40);
  EXPECT_EQ(heard->limits.file_bytes, 5U);
  EXPECT_EQ(heard->limits.processes, 6U);
  EXPECT_EQ(heard->limits.cpu_seconds, 7U);
}

TEST(Request, IsWholeOrRefused) {
  for (const char* text : {"", "{}", "[]", "1", R"({"tool":"a"})"})
    EXPECT_FALSE(parse_request(text)) << text;
}

TEST(Answer, HasOneOutcome) {
  EXPECT_EQ(parse_answer(answer_text({.exit_code = 3, .signal = {}, .error = {}}))->exit_code, 3);
  EXPECT_EQ(parse_answer(answer_text({.exit_code = {}, .signal = 9, .error = {}}))->signal, 9);
  EXPECT_EQ(parse_answer(answer_text({.exit_code = {}, .signal = {}, .error = "no"}))->error, "no");
  EXPECT_TRUE(parse_answer("{}"));
  for (const char* text :
       {"", "nonsense", "[]", R"({"exit_code":256})", R"({"exit_code":-1})", R"({"signal":0})",
        R"({"signal":9,"exit_code":0})", R"({"error":""})", R"({"other":1})", R"({"error":7})"})
    EXPECT_FALSE(parse_answer(text)) << text;
  EXPECT_FALSE(parse_answer(R"({"error":")" + std::string(kWordsBytesMax + 1, 'x') + R"("})"));
}

TEST(Policy, AToolMayNoMoreThanItNeeds) {
  using process::SandboxPolicy;
  Request request{"read_file", "{}", "/work", "/scratch", {}};
  const SandboxPolicy reads = policy_of(request);
  EXPECT_EQ(reads.exec, SandboxPolicy::Exec::kForbidden);
  EXPECT_THAT(reads.read_paths, ::testing::ElementsAre("/work"));
  EXPECT_TRUE(reads.write_paths.empty());
  EXPECT_EQ(reads.processes_max, 0U);
  request.tool = "write_file";
  EXPECT_THAT(policy_of(request).write_paths, ::testing::ElementsAre("/work"));
  request.tool = "run_command";
  const SandboxPolicy runs = policy_of(request);
  EXPECT_EQ(runs.exec, SandboxPolicy::Exec::kAllowed);
  EXPECT_EQ(runs.network, SandboxPolicy::Network::kNone);
  EXPECT_EQ(runs.group, SandboxPolicy::Group::kStays);
  EXPECT_THAT(runs.write_paths, ::testing::ElementsAre("/work", "/scratch"));
  EXPECT_THAT(runs.read_paths, Contains("/usr"));
  for (const char* kept : {"/", "/etc", "/proc", "/home", "/root", "/etc/shadow", "/dev", "/run"})
    EXPECT_THAT(runs.read_paths, Not(Contains(kept)));
  EXPECT_EQ(runs.processes_max, request.limits.processes);
  request.tool = "unknown";
  EXPECT_EQ(policy_of(request).exec, SandboxPolicy::Exec::kForbidden);
  EXPECT_TRUE(policy_of(request).write_paths.empty());
}

}  // namespace
}  // namespace hearth::tool::held
