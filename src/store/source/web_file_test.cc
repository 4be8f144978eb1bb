#include "store/source/web_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/source/hub_url.h"
#include "store/source/hubs.h"
#include "store/testing/scripted_web.h"

namespace hearth::store {
namespace {

using testing::Answer;
using ::testing::HasSubstr;
using testing::ScriptedWeb;

const std::string kUrl = "https://files.example/a/m%20x.gguf";

Result<Offer> find(ScriptedWeb& web, const std::string& url = kUrl) {
  return find_offer(*ModelName::parse(url), {}, web, {});
}

TEST(WebFile, ItsHeadSaysTheSizeAndNobodyPromisesADigest) {
  ScriptedWeb web;
  web.on("HEAD " + kUrl, {200,
                          {{"Content-Length", "1234"},
                           {"ETag", "\"" + std::string(64, 'a') + "\""},
                           {"X-Linked-Etag", std::string(64, 'a')},
                           {"Content-Type", "application/octet-stream"}},
                          ""});
  const auto offer = find(web);
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->files,
            (std::vector<OfferedFile>{{FileRole::kModel, {}, "m x.gguf", kUrl, 1234, {}}}));
  EXPECT_EQ(offer->manifest.origin.from, "https://files.example");
  EXPECT_EQ(web.asked().size(), 1U);
}

TEST(WebFile, OneByteIsAskedForWhereTheHeadIsNotGiven) {
  for (const int status : {400, 403, 405, 501}) {
    ScriptedWeb web;
    web.on("HEAD " + kUrl, {status, {}, ""});
    web.on("GET " + kUrl, {206, {{"Content-Range", "bytes 0-0/99"}}, "G"});
    const auto offer = find(web);
    ASSERT_TRUE(offer.has_value()) << offer.error().message;
    EXPECT_EQ(offer->files[0].size_bytes, 99U);
    EXPECT_EQ(web.asked()[1].range, (net::ByteRange{0, 0}));
  }
}

TEST(WebFile, AServerWithoutRangesIsNotListenedToForLong) {
  ScriptedWeb web;
  web.on("HEAD " + kUrl, {200, {}, ""});
  web.on("GET " + kUrl, {200, {{"Content-Length", "5"}}, "GGUF!"});
  EXPECT_EQ(find(web)->files[0].size_bytes, 5U);
}

TEST(WebFile, ASizeThatNobodySaysIsNotGuessed) {
  for (const char* size : {"", "-1", "1e9", "0", "99999999999999999999999", "*", "12 "}) {
    ScriptedWeb web;
    web.on("HEAD " + kUrl, {200, {{"Content-Length", size}}, ""});
    web.on("GET " + kUrl, {206, {{"Content-Range", "bytes 0-0/" + std::string(size)}}, "G"});
    const auto offer = find(web);
    ASSERT_TRUE(offer.has_value()) << size;
    EXPECT_EQ(offer->files[0].size_bytes, 0U) << size;
  }
}

TEST(WebFile, APageIsNoFile) {
  for (const char* type : {"text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"}) {
    ScriptedWeb web;
    web.on("HEAD " + kUrl, {200, {{"Content-Length", "5"}, {"Content-Type", type}}, ""});
    const auto offer = find(web);
    ASSERT_FALSE(offer.has_value()) << type;
    EXPECT_THAT(offer.error().message, HasSubstr("a page"));
  }
}

TEST(WebFile, StatusesSayWhatToDo) {
  struct Case {
    Answer head;
    Answer get;
    Code code;
    std::string says;
  };
  const std::vector<Case> cases{
      {{404, {}, ""}, {}, Code::kNotFound, "no file '/a/m%20x.gguf'"},
      {{410, {}, ""}, {}, Code::kNotFound, "check the address"},
      {{401, {}, ""}, {}, Code::kPermissionDenied, "fetch it yourself"},
      {{403, {}, ""}, {403, {}, ""}, Code::kPermissionDenied, "fetch it yourself"},
      {{405, {}, ""}, {404, {}, ""}, Code::kNotFound, "check the address"},
      {{405, {}, ""}, {416, {}, ""}, Code::kUpstream, "empty"},
      {{405, {}, ""},
       {206, {{"Content-Type", "text/html"}}, "<"},
       Code::kUpstream,
       "a page at this address"},
      {{429, {{"Retry-After", "3"}}, ""}, {}, Code::kResourceExhausted, "in 3 seconds"},
      {{503, {}, ""}, {}, Code::kUnavailable, "later"},
      {{200, {{"Content-Encoding", "gzip"}, {"Content-Length", "5"}}, ""},
       {},
       Code::kUpstream,
       "encoded as 'gzip'"},
  };
  for (const Case& c : cases) {
    ScriptedWeb web;
    web.on("HEAD " + kUrl, c.head);
    web.on("GET " + kUrl, c.get);
    const auto offer = find(web);
    ASSERT_FALSE(offer.has_value()) << c.head.status;
    EXPECT_EQ(offer.error().code, c.code) << c.head.status << " " << offer.error().message;
    EXPECT_THAT(offer.error().message, HasSubstr(c.says));
  }
}

TEST(WebFile, APartFindsAllParts) {
  ScriptedWeb web;
  const std::string stem = "https://files.example/m-0000";
  for (const char* number : {"1", "2", "3"})
    web.on("HEAD " + stem + number + "-of-00003.gguf", {200, {{"Content-Length", number}}, ""});
  const auto offer = find(web, stem + "2-of-00003.gguf");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  ASSERT_EQ(offer->files.size(), 3U);
  EXPECT_EQ(offer->files[2].part, (SplitPart{3, 3}));
  EXPECT_EQ(offer->files[2].size_bytes, 3U);
  EXPECT_EQ(offer->files[0].file_name, "m-00001-of-00003.gguf");
}

TEST(WebFile, AContentRangeEndsInTheSize) {
  EXPECT_EQ(size_in_content_range("bytes 0-0/12"), 12U);
  EXPECT_EQ(size_in_content_range("Bytes */12"), 12U);
  for (const char* header : {"", "/", "bytes", "bytes 0-0", "bytes 0-0/*", "items 0-0/5"})
    EXPECT_EQ(size_in_content_range(header), std::nullopt) << header;
}

TEST(HubUrl, ABaseAndAnOriginHaveOneSpelling) {
  EXPECT_EQ(*base_url("HTTPS://Hub.Example:443//"), "https://hub.example");
  EXPECT_EQ(*base_url("http://localhost:81/a/b/"), "http://localhost:81/a/b");
  EXPECT_EQ(*origin_of("https://HUB.example:443/a?b#c"), "https://hub.example");
  EXPECT_EQ(host_of("http://localhost:81/x"), "localhost:81");
  EXPECT_EQ(host_of("nothing"), "");
  for (const char* text : {"", "hub", "https://", "https://a b", "https://a/?x", "https://a/@",
                           "https://a/ä", "https://a/\n"})
    EXPECT_FALSE(base_url(text).has_value()) << text;
}

TEST(HubUrl, WhatIsEscapedComesBack) {
  EXPECT_EQ(escaped_for_url("refs/pr/1 +ä~"), "refs%2Fpr%2F1%20%2B%C3%A4~");
  EXPECT_EQ(escaped_path_for_url("a b/c"), "a%20b/c");
  EXPECT_EQ(unescaped_from_url(escaped_for_url("refs/pr/1 +ä~")), "refs/pr/1 +ä~");
  EXPECT_EQ(unescaped_from_url("%"), "%");
  EXPECT_EQ(unescaped_from_url("%4"), "%4");
  EXPECT_EQ(unescaped_from_url("%zz%41"), "%zzA");
}

}  // namespace
}  // namespace hearth::store
