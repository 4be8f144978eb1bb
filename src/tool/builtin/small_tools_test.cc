#include "tool/builtin/small_tools.h"

#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::tool {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// A web of a few pages.
class FakeWeb final : public net::Web {
 public:
  struct Page {
    int status = 200;
    std::string body;
    std::string type = "text/html";
    std::string location = {};
  };
  Result<void> fetch(const net::WebRequest& request, net::WebSink& sink,
                     const base::CancelToken&) override {
    asked.push_back(request.url);
    const auto found = pages.find(request.url);
    if (found == pages.end()) return fail(Code::kUnavailable, "nobody answers");
    net::WebHead head{.status = found->second.status, .headers = {}, .url = request.url};
    head.headers.emplace_back("Content-Type", found->second.type);
    if (!found->second.location.empty())
      head.headers.emplace_back("Location", found->second.location);
    HEARTH_TRY(sink.begin(head));
    return sink.take(found->second.body);
  }
  std::map<std::string, Page> pages;
  std::vector<std::string> asked;
};

class BuiltinTools : public ::testing::Test {
 protected:
  BuiltinTools() {
    options_.executable = "/nowhere/hearth";
    options_.scratch = folder_.file("scratch");
    options_.hosts = {"example.org", ".wiki.test"};
    options_.web = web_;
  }
  Outcome run(const std::string& name, const std::string& arguments) {
    const auto toolbox = make_toolbox(options_);
    EXPECT_TRUE(toolbox) << toolbox.error().message;
    return (*toolbox)->run({name, arguments}, {});
  }
  Outcome fetch(const std::string& url) { return run("fetch_page", R"({"url":")" + url + R"("})"); }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const Spec& spec : make_toolbox(options_).value()->specs())
      names.push_back(spec.name);
    return names;
  }

  base::testing::TemporaryFolder folder_;
  std::shared_ptr<FakeWeb> web_ = std::make_shared<FakeWeb>();
  BuiltinOptions options_;
};

TEST_F(BuiltinTools, CalculateAndTellTheDate) {
  EXPECT_EQ(run("calculator", R"({"expression":"6*7"})").output, "42");
  const Outcome wrong = run("calculator", R"({"expression":"1/0"})");
  EXPECT_EQ(wrong.status, Status::kFailed);
  EXPECT_THAT(wrong.error, HasSubstr("divided by 0"));
  EXPECT_THAT(run("get_date", "{}").output, ::testing::StartsWith("20"));
  EXPECT_THAT(date_text(1'700'000'000'000), HasSubstr("2023-11-1"));
}

TEST_F(BuiltinTools, AskWhoeverRunsThem) {
  EXPECT_THAT(names(), Not(Contains("ask_user")));
  options_.ask = [](const std::string& question, const base::CancelToken&) -> Result<std::string> {
    if (question == "gone?") return fail(Code::kCancelled, "nobody is there");
    return "you said: " + question;
  };
  EXPECT_EQ(run("ask_user", R"({"question":"why?"})").output, "you said: why?");
  EXPECT_EQ(run("ask_user", R"({"question":"gone?"})").status, Status::kCancelled);
}

TEST_F(BuiltinTools, FetchPagesOfListedHostsOnly) {
  web_->pages["https://example.org/a"] = {.status = 200, .body = "hello"};
  web_->pages["https://en.wiki.test/"] = {.status = 200, .body = "wiki"};
  EXPECT_EQ(fetch("https://example.org/a").output, "hello");
  EXPECT_EQ(fetch("https://en.wiki.test/").output, "wiki");
  for (const char* url : {"https://elsewhere.test/", "https://sub.example.org/",
                          "https://notwiki.test/", "http://127.0.0.1/", "https://[::1]/"}) {
    EXPECT_EQ(fetch(url).status, Status::kRefused) << url;
  }
  EXPECT_EQ(web_->asked.size(), 2U) << "nobody else is asked";
  for (const char* url : {"file:///etc/passwd", "ftp://example.org/", "https://u:p@example.org/"})
    EXPECT_EQ(fetch(url).status, Status::kRefused) << url;
}

TEST_F(BuiltinTools, NoRedirectLeadsAwayFromThem) {
  web_->pages["https://example.org/a"] = {302, "", "text/html", "https://en.wiki.test/b"};
  web_->pages["https://en.wiki.test/b"] = {302, "", "text/html", "https://elsewhere.test/c"};
  web_->pages["https://elsewhere.test/c"] = {200, "secret"};
  const Outcome outcome = fetch("https://example.org/a");
  EXPECT_EQ(outcome.status, Status::kRefused);
  EXPECT_THAT(outcome.error, HasSubstr("elsewhere.test"));
  EXPECT_EQ(web_->asked.size(), 2U);
}

TEST_F(BuiltinTools, SayWhatBecameOfAPage) {
  web_->pages["https://example.org/404"] = {404, "no such page"};
  web_->pages["https://example.org/503"] = {503, "later"};
  web_->pages["https://example.org/picture"] = {200, "\x89PNG", "image/png"};
  EXPECT_EQ(fetch("https://example.org/404").status, Status::kFailed);
  EXPECT_FALSE(fetch("https://example.org/404").retryable);
  EXPECT_TRUE(fetch("https://example.org/503").retryable);
  EXPECT_THAT(fetch("https://example.org/picture").error, HasSubstr("image/png"));
  EXPECT_TRUE(fetch("https://example.org/nowhere").retryable);
}

TEST_F(BuiltinTools, AreThereAsFarAsTheyAreSetUp) {
  EXPECT_THAT(names(), ::testing::ElementsAre("calculator", "fetch_page", "get_date"));
  std::filesystem::create_directory(folder_.file("work"));
  options_.workspace = folder_.file("work");
  EXPECT_THAT(names(),
              ::testing::IsSupersetOf({"read_file", "write_file", "append_file", "list_files",
                                       "search_files", "delete_file", "run_command"}));
  options_.left_out = {"run_command", "run_python"};
  options_.hosts.clear();
  EXPECT_THAT(names(), Not(Contains("run_command")));
  EXPECT_THAT(names(), Not(Contains("fetch_page")));
  options_.left_out = {"run_comand"};
  EXPECT_THAT(make_toolbox(options_).error().message, HasSubstr("did you mean 'run_command'?"));
}

TEST_F(BuiltinTools, NoWorkspaceHoldsWhatIsHearths) {
  const std::string home = folder_.file("home");
  std::filesystem::create_directories(home + "/work");
  options_.guarded = {home};
  for (const std::string& workspace : {folder_.path(), home, std::string("/")}) {
    options_.workspace = workspace;
    const auto toolbox = make_toolbox(options_);
    ASSERT_FALSE(toolbox) << workspace;
    EXPECT_THAT(toolbox.error().message, HasSubstr("cannot be a workspace"));
  }
  options_.workspace = home + "/work";
  EXPECT_TRUE(make_toolbox(options_));
  options_.workspace = home + "/nowhere";
  EXPECT_EQ(make_toolbox(options_).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace hearth::tool
