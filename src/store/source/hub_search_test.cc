#include "store/source/hub_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "store/testing/scripted_web.h"

namespace hearth::store {
namespace {

using ::testing::HasSubstr;
using testing::ScriptedWeb;

const std::string kUrl =
    "https://huggingface.co/api/models?search=qwen%20tiny&filter=gguf&sort=downloads&direction=-1"
    "&limit=20&expand%5B%5D=downloads&expand%5B%5D=likes&expand%5B%5D=lastModified"
    "&expand%5B%5D=gated";

class HubSearchTest : public ::testing::Test {
 protected:
  Result<std::vector<FoundModel>> search(const HubSearch& wish) {
    return search_hub(wish, hubs_, {web_, {}});
  }
  Error error_of(const HubSearch& wish) {
    const auto found = search(wish);
    EXPECT_FALSE(found.has_value());
    return found ? Error{} : found.error();
  }

  Hubs hubs_;
  ScriptedWeb web_;
};

TEST_F(HubSearchTest, FindsModelsByTheNamesThatPullThem) {
  hubs_.hugging_face_token = "hf_x";
  web_.on("GET " + kUrl,
          {200,
           {},
           R"([{"id":"Qwen/Qwen2.5-GGUF","downloads":1200,"likes":7,"gated":false,)"
           R"("lastModified":"2026-11-20T10:00:00.000Z"},)"
           R"({"id":"a/Gated","gated":"manual"},{"modelId":"b/Old","gated":false}])"});
  const auto found = search({"  qwen tiny "});
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 3U);
  EXPECT_EQ(found->at(0), (FoundModel{"Qwen/Qwen2.5-GGUF", 1200, 7, "2026-11-20", false}));
  EXPECT_EQ(found->at(1), (FoundModel{"a/Gated", 0, 0, "", true}));
  EXPECT_EQ(found->at(2).name, "b/Old");
  EXPECT_EQ(web_.asked().at(0).authorization, "Bearer hf_x");
}

TEST_F(HubSearchTest, AsksTheMirrorInItsPlace) {
  hubs_.hugging_face = "https://mirror.example/hf/";
  (void)search({"x", 3});
  EXPECT_THAT(web_.asked_text(),
              HasSubstr("GET https://mirror.example/hf/api/models?search=x&filter=gguf"));
  EXPECT_THAT(web_.asked_text(), HasSubstr("&limit=3&"));
}

TEST_F(HubSearchTest, RefusesWordsAndLimitsThatAreNone) {
  EXPECT_EQ(error_of({""}).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of({" \n"}).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of({std::string(kSearchWordsBytesMax + 1, 'x')}).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of({"\xFF"}).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of({"x", 0}).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of({"x", kSearchLimitMax + 1}).code, Code::kInvalidArgument);
  hubs_.hugging_face_token = "two words";
  EXPECT_EQ(error_of({"x"}).code, Code::kInvalidArgument);
  EXPECT_TRUE(web_.asked().empty());
}

TEST_F(HubSearchTest, SaysWhatIsWrongWithTheHub) {
  hubs_.hugging_face_token = "hf_x";
  web_.on("GET " + kUrl, {401, {}, ""});
  web_.on("GET " + kUrl, {429, {{"Retry-After", "30"}}, ""});
  web_.on("GET " + kUrl, {200, {}, R"({"error":"\u001b[2J"})"});
  EXPECT_THAT(error_of({"qwen tiny"}).message, HasSubstr("does not accept the token"));
  EXPECT_EQ(error_of({"qwen tiny"}).code, Code::kResourceExhausted);
  const Error error = error_of({"qwen tiny"});
  EXPECT_EQ(error.code, Code::kUpstream);
  EXPECT_THAT(error.message, HasSubstr("huggingface.co"));
}

TEST(AnswerToASearch, HasOnlyWhatCanBe) {
  const auto found = read_hub_search(
      R"([{"id":"a/fine","downloads":-5,"likes":"many","lastModified":"yesterday!","gated":3},)"
      R"({"id":"../../etc"},{"id":"https://evil.example/x.gguf"},{"id":"ai/docker"},{"id":7},)"
      R"({"id":"a/\u001b[2J"},{"id":"no-owner"},"x",{},null,)"
      R"({"id":"b/two","lastModified":"2026-1\u001b-20T"}])",
      20);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0), (FoundModel{"a/fine", 0, 0, "", true}));
  EXPECT_EQ(found->at(1), (FoundModel{"b/two", 0, 0, "", false}));
}

TEST(AnswerToASearch, HasNoMoreThanWasAskedFor) {
  std::string many = "[";
  for (int i = 0; i < 50; ++i)
    many += (i == 0 ? "" : ",") + (R"({"id":"a/m)" + std::to_string(i) + R"("})");
  EXPECT_EQ(read_hub_search(many + "]", 5)->size(), 5U);
  EXPECT_FALSE(read_hub_search("{}", 5));
  EXPECT_FALSE(read_hub_search("[" + std::string(1000, '['), 5));
}

}  // namespace
}  // namespace hearth::store
