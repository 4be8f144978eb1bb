#include "tool/toolbox.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kEcho = R"({"type":"object","additionalProperties":false,
  "required":["text"],"properties":{"text":{"type":"string","maxLength":5},
  "path":{"type":"string"}}})";

// Says what it was given.
class Echo final : public Tool {
 public:
  explicit Echo(Spec spec) : Tool(std::move(spec)) {}
  Outcome run(const Work& work) const override {
    Outcome outcome;
    outcome.output = std::string(*work.arguments.find("text")->text());
    outcome.output += "/" + std::string(work.idempotency_key);
    return outcome;
  }
};

std::unique_ptr<Tool> echo(const std::string& name, const std::string& schema = kEcho,
                           Effect effect = Effect::kPure) {
  Spec spec{.name = name, .description = "Echoes.", .parameters = schema};
  spec.effect = effect;
  spec.path_argument = "path";
  return std::make_unique<Echo>(spec);
}

class ToolboxTest : public ::testing::Test {
 protected:
  ToolboxTest() {
    EXPECT_TRUE(toolbox_.add(echo("echo")));
    EXPECT_TRUE(toolbox_.add(echo("erase", kEcho, Effect::kIrreversible)));
  }
  base::testing::TemporaryFolder folder_;
  Toolbox toolbox_{folder_.path()};
};

TEST_F(ToolboxTest, FindsToolsByName) {
  ASSERT_NE(toolbox_.find_spec("echo"), nullptr);
  EXPECT_EQ(toolbox_.find_spec("echo")->description, "Echoes.");
  EXPECT_EQ(toolbox_.find_spec("ech"), nullptr);
  EXPECT_EQ(toolbox_.specs().size(), 2U);
}

TEST_F(ToolboxTest, TakesNoToolThatCannotBeCalled) {
  EXPECT_EQ(toolbox_.add(echo("echo")).error().code, Code::kAlreadyExists);
  EXPECT_EQ(toolbox_.add(echo("Echo me")).error().code, Code::kInvalidArgument);
  EXPECT_EQ(toolbox_.add(echo("")).error().code, Code::kInvalidArgument);
  const auto odd = toolbox_.add(echo("odd", R"({"tpye":"object"})"));
  EXPECT_THAT(odd.error().message, HasSubstr("tpye"));
}

TEST_F(ToolboxTest, SaysAllThatIsWrongWithACall) {
  EXPECT_THAT(toolbox_.check("echo", R"({"text":"hi"})"), IsEmpty());
  EXPECT_THAT(toolbox_.check("ecko", "{}"),
              ElementsAre("there is no tool 'ecko'; did you mean 'echo'?"));
  EXPECT_THAT(toolbox_.check("zzzzzzzz", "{}"), ElementsAre("there is no tool 'zzzzzzzz'"));
  EXPECT_THAT(toolbox_.check("echo", R"({"txt":1})"),
              ElementsAre("/text is missing", "/txt is not known here; did you mean 'text'?"));
  EXPECT_THAT(toolbox_.check("echo", "nonsense"), ElementsAre(HasSubstr("no JSON")));
  EXPECT_THAT(toolbox_.check("echo", "[]"), ElementsAre("it must be an object, not an array"));
  EXPECT_THAT(toolbox_.check("echo", R"({"text":"a","path":"../x"})"),
              ElementsAre(HasSubstr("/path must not have '..'")));
  EXPECT_THAT(toolbox_.check("echo", std::string(100, '[')), ElementsAre(HasSubstr("JSON")));
}

TEST_F(ToolboxTest, DecidesByThePlainPath) {
  Policy policy;
  ASSERT_TRUE(add_rules(policy, ".git/**=deny, out/**=auto"));
  const auto rule = [&](const char* name, const std::string& path) {
    return toolbox_.decide(policy, name, R"({"text":"a","path":")" + path + R"("})").rule;
  };
  EXPECT_EQ(rule("echo", "a"), Rule::kAuto);
  EXPECT_EQ(rule("echo", "./.git//config"), Rule::kDeny);
  EXPECT_EQ(rule("echo", folder_.path() + "/.git/config"), Rule::kDeny);
  EXPECT_EQ(rule("erase", "a"), Rule::kAsk);
  EXPECT_EQ(rule("erase", "out/./a"), Rule::kAuto);
  EXPECT_EQ(rule("erase", "out/../a"), Rule::kDeny);
  EXPECT_EQ(rule("unknown", "a"), Rule::kDeny);
}

TEST_F(ToolboxTest, RunsWhatIsFineAndRefusesTheRest) {
  const Outcome said = toolbox_.run({"echo", R"({"text":"hi"})", "k1"}, {});
  EXPECT_EQ(said.status, Status::kOk);
  EXPECT_EQ(said.output, "hi/k1");
  const Outcome wrong = toolbox_.run({"echo", R"({"text":"longer"})"}, {});
  EXPECT_EQ(wrong.status, Status::kRefused);
  EXPECT_THAT(wrong.error, HasSubstr("at most 5 characters"));
  base::CancelSource source;
  source.cancel();
  EXPECT_EQ(toolbox_.run({"echo", R"({"text":"hi"})"}, source.token()).status, Status::kCancelled);
}

TEST_F(ToolboxTest, KnowsWhatIsInTheWorkspace) {
  std::ofstream(folder_.file("here")) << "x";
  std::filesystem::create_directory(folder_.file("folder"));
  std::filesystem::create_symlink("/etc", folder_.file("link"));
  EXPECT_TRUE(toolbox_.has_path("here"));
  EXPECT_TRUE(toolbox_.has_path("folder"));
  EXPECT_TRUE(toolbox_.has_path("."));
  EXPECT_FALSE(toolbox_.has_path("nowhere"));
  EXPECT_FALSE(toolbox_.has_path("here/below"));
  EXPECT_FALSE(toolbox_.has_path("link/passwd"));
  EXPECT_FALSE(toolbox_.has_path("../here"));
  EXPECT_FALSE(toolbox_.has_path("/etc/passwd"));
  EXPECT_FALSE(Toolbox().has_path("here"));
}

TEST(OutcomeJson, HasEveryField) {
  Outcome outcome = failed("exit code 3");
  outcome.exit_code = 3;
  outcome.output = "a\"b";
  EXPECT_EQ(outcome_json(outcome),
            R"({"status":"failed","output":"a\"b","exit_code":3,"error":"exit code 3",)"
            R"("retryable":false})");
  EXPECT_EQ(outcome_json({}),
            R"({"status":"ok","output":"","exit_code":null,"error":null,"retryable":false})");
}

}  // namespace
}  // namespace hearth::tool
