// A running Ollama beside a real daemon: shown, asked to let go, and waited for only shortly.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "daemon.h"
#include "fake_server.h"
#include "places.h"
#include "printed_text.h"
#include "process/child.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNeighbours = "/hearth/v1/neighbours";
constexpr const char* kNobody = "127.0.0.1:9";  // discard, which nobody has any more
constexpr auto kPatience = std::chrono::seconds(30);
// What is promised is less; a machine that runs tests is busy.
constexpr auto kShortly = std::chrono::seconds(5);

class FakeOllama {
 public:
  explicit FakeOllama(const std::string& mode = "well") : server_({HEARTH_FAKE_OLLAMA, mode}) {}
  std::string address() const { return server_.address("ollama"); }

 private:
  FakeServer server_;
};

std::vector<std::string> beside(const std::string& address) {
  return {"HEARTH_MODELS_FOUND=yes", "OLLAMA_HOST=" + address};
}

// The first line with this text in it that the command prints.
std::string line_of(const DaemonProcess& daemon, std::vector<std::string> arguments,
                    const std::string& text) {
  process::SpawnOptions options;
  options.program = hearth_path();
  options.arguments = std::move(arguments);
  options.environment = {"HEARTH_HOME=" + daemon.home()};
  options.out = process::SpawnOptions::Output::kPipe;
  auto child = process::Child::spawn(options);
  HEARTH_ASSERT(child.has_value());
  PrintedText printed(*child->take_stdout());
  const std::string line = printed.line_with(text);
  EXPECT_TRUE(child->wait(kPatience));
  return line;
}

TEST(Neighbours, ARunningOllamaIsShownAndLetsGo) {
  const FakeOllama ollama;
  DaemonProcess daemon({}, beside(ollama.address()));
  const std::string seen = daemon.get(kNeighbours).body;
  EXPECT_THAT(seen, AllOf(HasSubstr(R"("version":"0.20.1","url":"http://)" + ollama.address()),
                          HasSubstr(R"("models":[{"name":"qwen2.5:0.5b","size_bytes":397821319)"),
                          HasSubstr(R"("loaded":[{"name":"qwen2.5:0.5b")")));
  EXPECT_THAT(daemon.post("/hearth/v1/neighbours/show", R"({"model":"qwen2.5:0.5b"})").body,
              HasSubstr(R"("family":"qwen2","parameters":"494.03M")"));
  EXPECT_THAT(line_of(daemon, {"ps"}, "ollama:"),
              AllOf(HasSubstr("ollama:qwen2.5:0.5b  in Ollama"), HasSubstr("MiB")));
  EXPECT_THAT(line_of(daemon, {"list", "--all"}, "cloud"), HasSubstr("Ollama alone"));
  line_of(daemon, {"stop", "ollama:qwen2.5:0.5b"}, "nothing is printed");
  EXPECT_THAT(daemon.get(kNeighbours).body, HasSubstr(R"("loaded":[])"));
  EXPECT_THAT(line_of(daemon, {"ps", "--json"}, "loaded"),
              HasSubstr(R"("version":"0.20.1","loaded":[]})"));
}

TEST(Neighbours, NobodyIsThereWhereNobodyAnswers) {
  DaemonProcess daemon({}, beside(kNobody));
  EXPECT_THAT(daemon.get(kNeighbours).body,
              AllOf(HasSubstr(R"("ollama":null)"), HasSubstr(kNobody)));
  EXPECT_EQ(daemon.post("/hearth/v1/neighbours/unload", R"({"model":"x"})").status, 503);
  EXPECT_THAT(line_of(daemon, {"ps", "--json"}, "loaded"), Not(HasSubstr("neighbours")));
}

TEST(Neighbours, WhoAnswersNonsenseIsNobody) {
  const FakeOllama ollama("nonsense");
  DaemonProcess daemon({}, beside(ollama.address()));
  EXPECT_THAT(daemon.get(kNeighbours).body,
              AllOf(HasSubstr(R"("ollama":null)"), HasSubstr("no Ollama")));
}

TEST(Neighbours, ASilentOneKeepsNobodyWaiting) {
  const FakeOllama ollama("silent");
  DaemonProcess daemon({}, beside(ollama.address()));
  const base::TimePoint began = base::system_clock().now();
  EXPECT_THAT(daemon.get(kNeighbours).body, HasSubstr(R"("ollama":null)"));
  const std::string models = line_of(daemon, {"ps", "--json"}, "loaded");
  EXPECT_THAT(models, HasSubstr(R"({"loaded":[],"memory":)"));
  EXPECT_THAT(models, Not(HasSubstr("neighbours")));
  EXPECT_LT(base::system_clock().now() - began, kShortly);
}

TEST(Neighbours, AnAddressThatIsNoneIsNamed) {
  DaemonProcess daemon({}, beside("host:port"));
  EXPECT_THAT(daemon.get(kNeighbours).body, HasSubstr("write HOST:PORT"));
}

TEST(Neighbours, NobodyIsAskedWhereTheSettingSaysSo) {
  const FakeOllama ollama;
  DaemonProcess daemon({}, {"HEARTH_MODELS_FOUND=no", "OLLAMA_HOST=" + ollama.address()});
  EXPECT_THAT(daemon.get(kNeighbours).body, HasSubstr("models.found says"));
}

}  // namespace
}  // namespace hearth::testing
