#include "store/source/hugging_face.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "store/name/file_choice.h"
#include "store/source/hugging_face_answers.h"
#include "store/testing/scripted_web.h"

namespace hearth::store {
namespace {

using ::testing::AllOf;
using testing::Answer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ScriptedWeb;

const std::string kCommit(40, 'c');
const std::string kHex(64, 'a');
const std::string kApi = "https://huggingface.co/api/models/o/r/revision/main?blobs=true";
const std::string kFiles = "https://huggingface.co/o/r/resolve/" + kCommit + "/";

std::string sibling(const std::string& path, const std::string& rest) {
  return R"({"rfilename":")" + path + R"(")" + rest + "}";
}

std::string lfs(std::uint64_t size, const std::string& hex = kHex) {
  const std::string bytes = std::to_string(size);
  return R"(,"size":)" + bytes + R"(,"lfs":{"sha256":")" + hex + R"(","size":)" + bytes +
         R"(,"pointerSize":134})";
}

std::string repository(const std::string& siblings, const std::string& rest = "") {
  return R"({"id":"o/r","sha":")" + kCommit + R"(","gated":false,"private":false,"siblings":[)" +
         siblings + "]" + rest + "}";
}

class HuggingFace : public ::testing::Test {
 protected:
  Result<Offer> find(const std::string& name) {
    return find_offer(*ModelName::parse(name), hubs_, web_, {});
  }
  Error error_of(const std::string& name) {
    const auto offer = find(name);
    EXPECT_FALSE(offer.has_value());
    return offer ? Error{} : offer.error();
  }

  Hubs hubs_;
  ScriptedWeb web_;
};

TEST_F(HuggingFace, AModelIsOfferedAtItsCommitWithSizeAndDigest) {
  web_.on("GET " + kApi,
          {200,
           {},
           repository(sibling("README.md", R"(,"size":5)") + "," +
                          sibling("r-q4_k_m.gguf", lfs(77)) + "," + sibling("r-q8_0.gguf", lfs(99)),
                      R"(,"cardData":{"license":"apache-2.0"})")});
  const auto offer = find("o/r");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  ASSERT_EQ(offer->files.size(), 1U);
  EXPECT_EQ(offer->files[0], (OfferedFile{FileRole::kModel,
                                          {},
                                          "r-q4_k_m.gguf",
                                          kFiles + "r-q4_k_m.gguf",
                                          77,
                                          *BlobDigest::parse(kHex)}));
  EXPECT_EQ(offer->manifest.origin.revision, kCommit);
  EXPECT_EQ(offer->manifest.origin.from, "https://huggingface.co");
  EXPECT_EQ(offer->manifest.licences, std::vector<std::string>{"apache-2.0"});
  EXPECT_EQ(offer->authorization, "");
  EXPECT_EQ(web_.asked().size(), 1U);
}

TEST_F(HuggingFace, PartsAndProjectorComeWithTheirPlaces) {
  web_.on("GET https://huggingface.co/api/models/o/r/revision/refs%2Fpr%2F1?blobs=true",
          {200,
           {},
           repository(sibling("a b/m-q8_0-00002-of-00002.gguf", lfs(2)) + "," +
                      sibling("a b/m-q8_0-00001-of-00002.gguf", lfs(1)) + "," +
                      sibling("mmproj-f16.gguf", R"(,"size":3)"))});
  const auto offer = find("o/r@refs/pr/1:Q8_0");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  ASSERT_EQ(offer->files.size(), 3U);
  EXPECT_EQ(offer->files[0].url, kFiles + "a%20b/m-q8_0-00001-of-00002.gguf");
  EXPECT_EQ(offer->files[0].file_name, "m-q8_0-00001-of-00002.gguf");
  EXPECT_EQ(offer->files[1].part, (SplitPart{2, 2}));
  EXPECT_EQ(offer->files[2].role, FileRole::kProjector);
  EXPECT_EQ(offer->files[2].size_bytes, 3U);
  EXPECT_FALSE(offer->files[2].digest.has_value());  // it is not kept by LFS
}

TEST_F(HuggingFace, AMirrorIsAskedInItsPlaceAndTheTokenGoesThere) {
  hubs_.hugging_face = "https://mirror.example:8443/hub/";
  hubs_.hugging_face_token = "hf_secret";
  web_.on("GET https://mirror.example:8443/hub/api/models/o/r/revision/main?blobs=true",
          {200, {}, repository(sibling("m-q8_0.gguf", lfs(1)))});
  const auto offer = find("o/r");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->manifest.origin.from, "https://mirror.example:8443/hub");
  EXPECT_EQ(offer->files[0].url,
            "https://mirror.example:8443/hub/o/r/resolve/" + kCommit + "/m-q8_0.gguf");
  EXPECT_EQ(offer->authorization, "Bearer hf_secret");
  EXPECT_EQ(web_.asked()[0].authorization, "Bearer hf_secret");
  EXPECT_TRUE(web_.asked()[0].headers.empty());  // headers go wherever it leads
}

TEST_F(HuggingFace, WhatTheListLeavesOutTheTreeSaysPageByPage) {
  const std::string tree = "https://huggingface.co/api/models/o/r/tree/" + kCommit;
  web_.on("GET " + kApi, {200, {}, R"({"sha":")" + kCommit + R"("})"});
  web_.on("GET " + tree + "?recursive=true",
          {200,
           {{"link", "<" + tree + "?recursive=true&cursor=2>; rel=\"next\""}},
           R"([{"type":"directory","path":"x.gguf","oid":"1","size":0},
               {"type":"file","path":"README.md","size":1}])"});
  web_.on("GET " + tree + "?recursive=true&cursor=2",
          {200,
           {},
           R"([{"type":"file","path":"m-q8_0.gguf","size":7,"lfs":{"oid":")" + kHex +
               R"(","size":7,"pointerSize":1}}])"});
  const auto offer = find("o/r");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->files[0].size_bytes, 7U);
  EXPECT_EQ(offer->files[0].digest, *BlobDigest::parse(kHex));
}

TEST_F(HuggingFace, APageOfAnotherServerIsNotAskedFor) {
  hubs_.hugging_face_token = "hf_secret";
  const std::string tree = "https://huggingface.co/api/models/o/r/tree/" + kCommit;
  web_.on("GET " + kApi, {200, {}, R"({"sha":")" + kCommit + R"("})"});
  web_.on("GET " + tree + "?recursive=true",
          {200, {{"Link", "<https://evil.example/next>; rel=\"next\""}}, "[]"});
  EXPECT_EQ(error_of("o/r").code, Code::kUpstream);
  EXPECT_THAT(web_.asked_text(), Not(HasSubstr("evil")));
}

TEST_F(HuggingFace, PagesThatNeverEndAreEnough) {
  const std::string tree = "https://huggingface.co/api/models/o/r/tree/" + kCommit;
  web_.on("GET " + kApi, {200, {}, R"({"sha":")" + kCommit + R"("})"});
  web_.on("GET " + tree + "?recursive=true",
          {200, {{"Link", "<" + tree + "?recursive=true>; rel=\"next\""}}, "[]"});
  EXPECT_EQ(error_of("o/r").code, Code::kUpstream);
  EXPECT_EQ(web_.asked().size(), 1U + kTreePagesMax);
}

TEST_F(HuggingFace, AFileWithoutSizeIsAskedForItsHead) {
  web_.on("GET " + kApi, {200, {}, repository(sibling("m-q8_0.gguf", ""))});
  web_.on("HEAD " + kFiles + "m-q8_0.gguf", {302,
                                             {{"X-Linked-Size", "123"},
                                              {"X-Linked-Etag", "\"" + kHex + "\""},
                                              {"Location", "https://cdn.example/x"}},
                                             ""});
  const auto offer = find("o/r");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->files[0].size_bytes, 123U);
  EXPECT_EQ(offer->files[0].digest, *BlobDigest::parse(kHex));
  EXPECT_EQ(web_.asked()[1].redirects, net::WebRequest::Redirects::kTell);
}

TEST_F(HuggingFace, ARepositoryThatWasRenamedIsFollowedWithinTheHubOnly) {
  const std::string renamed = "https://huggingface.co/new/r/resolve/x/m-q8_0.gguf";
  web_.on("GET " + kApi, {200, {}, repository(sibling("m-q8_0.gguf", ""))});
  web_.on("HEAD " + kFiles + "m-q8_0.gguf",
          {307, {{"Location", "/new/r/resolve/x/m-q8_0.gguf"}}, ""});
  web_.on("HEAD " + renamed,
          {302, {{"X-Linked-Size", "5"}, {"Location", "https://cdn.example/x"}}, ""});
  EXPECT_EQ(find("o/r")->files[0].size_bytes, 5U);
  for (const char* away : {"//cdn.example/x", "https://cdn.example/x", "http://huggingface.co/x"}) {
    ScriptedWeb web;
    web.on("GET " + kApi, {200, {}, repository(sibling("m-q8_0.gguf", ""))});
    web.on("HEAD " + kFiles + "m-q8_0.gguf", {302, {{"Location", away}}, ""});
    EXPECT_EQ(find_offer(*ModelName::parse("o/r"), hubs_, web, {})->files[0].size_bytes, 0U);
    EXPECT_EQ(web.asked().size(), 2U) << away;
  }
}

TEST_F(HuggingFace, ACircleOfRedirectsEnds) {
  web_.on("GET " + kApi, {200, {}, repository(sibling("m-q8_0.gguf", ""))});
  web_.on("HEAD " + kFiles + "m-q8_0.gguf", {307, {{"Location", kFiles + "m-q8_0.gguf"}}, ""});
  EXPECT_EQ(error_of("o/r").code, Code::kUpstream);
}

TEST_F(HuggingFace, TheHeadOfAGatedFileSaysWhetherWeMayHaveIt) {
  const std::string body = R"({"sha":")" + kCommit + R"(","gated":"manual","siblings":[)" +
                           sibling("m-q8_0.gguf", lfs(1)) + "]}";
  web_.on("GET " + kApi, {200, {}, body});
  web_.on("HEAD " + kFiles + "m-q8_0.gguf", {401, {{"X-Error-Code", "GatedRepo"}}, ""});
  const Error without = error_of("o/r");
  EXPECT_EQ(without.code, Code::kUnauthenticated);
  EXPECT_THAT(without.message, AllOf(HasSubstr("https://huggingface.co/o/r"), HasSubstr("HF_TOKEN"),
                                     HasSubstr("~/.cache/huggingface/token")));
  hubs_.hugging_face_token = "hf_secret";
  const Error with = error_of("o/r");
  EXPECT_EQ(with.code, Code::kPermissionDenied);
  EXPECT_THAT(with.message, AllOf(HasSubstr("accept them at https://huggingface.co/o/r"),
                                  Not(HasSubstr("hf_secret"))));
}

TEST_F(HuggingFace, AGateIsShutAlsoWhereAMirrorDoesNotSayWhy) {
  web_.on("GET " + kApi, {200,
                          {},
                          R"({"sha":")" + kCommit + R"(","gated":"auto","siblings":[)" +
                              sibling("m-q8_0.gguf", lfs(1)) + "]}"});
  web_.on("HEAD " + kFiles + "m-q8_0.gguf", {403, {}, ""});
  EXPECT_THAT(error_of("o/r").message, HasSubstr("accept them at"));
}

TEST_F(HuggingFace, AGatedModelThatWeMayHaveIsOffered) {
  hubs_.hugging_face_token = "hf_secret";
  web_.on("GET " + kApi, {200,
                          {},
                          R"({"sha":")" + kCommit + R"(","gated":"auto","siblings":[)" +
                              sibling("m-q8_0.gguf", lfs(1)) + "]}"});
  web_.on("HEAD " + kFiles + "m-q8_0.gguf", {302, {{"Location", "https://cdn.example/x"}}, ""});
  EXPECT_TRUE(find("o/r").has_value());
}

struct StatusCase {
  int status;
  net::WebHeaders headers;
  std::string token;
  Code code;
  std::string says;
};

TEST(HuggingFaceStatus, EachSaysWhatToDo) {
  const std::vector<StatusCase> cases{
      {401, {}, "", Code::kUnauthenticated, "check the spelling, or make a token"},
      {401, {}, "t", Code::kUnauthenticated, "does not accept the token"},
      {401, {{"X-Error-Code", "RepoNotFound"}}, "", Code::kNotFound, "HF_TOKEN"},
      {401, {{"X-Error-Code", "GatedRepo"}}, "", Code::kUnauthenticated, "accept them at"},
      {403, {}, "t", Code::kPermissionDenied, "its page https://huggingface.co/o/r"},
      {403, {}, "", Code::kPermissionDenied, "a token may be missing: make a token"},
      {404, {}, "", Code::kNotFound, "check the spelling, or if it is private, a token is missing"},
      {404, {}, "t", Code::kNotFound, "an account that may read it"},
      {404, {{"X-Error-Code", "RevisionNotFound"}}, "", Code::kNotFound, "no revision 'main'"},
      {429, {{"Retry-After", "30"}}, "", Code::kResourceExhausted, "try again in 30 seconds"},
      {429, {}, "", Code::kResourceExhausted, "in a few minutes"},
      {429, {{"Retry-After", "-1;\x1b[2J"}}, "", Code::kResourceExhausted, "in a few minutes"},
      {503,
       {{"Retry-After", "Fri, 31 Jan 2031 10:00:00 GMT"}},
       "",
       Code::kUnavailable,
       "after Fri, 31 Jan 2031 10:00:00 GMT"},
      {500, {}, "", Code::kUnavailable, "later"},
      {302, {}, "", Code::kUpstream, "status 302"},
      {418, {}, "", Code::kUpstream, "status 418"},
  };
  for (const StatusCase& c : cases) {
    ScriptedWeb web;
    web.on("GET " + kApi, {c.status, c.headers, "<html>"});
    Hubs hubs;
    hubs.hugging_face_token = c.token;
    const auto offer = find_offer(*ModelName::parse("o/r"), hubs, web, {});
    ASSERT_FALSE(offer.has_value());
    EXPECT_EQ(offer.error().code, c.code) << c.status << " " << offer.error().message;
    EXPECT_THAT(offer.error().message, AllOf(HasSubstr(c.says), HasSubstr("huggingface.co")));
  }
}

TEST_F(HuggingFace, AnswersThatMakeNoSenseAreRefused) {
  const std::string deep(100, '[');
  const std::vector<std::string> bodies{
      "",
      "null",
      "[]",
      "<html></html>",
      "{}",
      R"({"sha":5,"siblings":[]})",
      R"({"sha":"main","siblings":[]})",
      R"({"sha":"../../etc","siblings":[]})",
      R"({"sha":")" + kCommit + R"(","siblings":{}})",
      R"({"sha":")" + kCommit + R"(","siblings":)" + deep,
      R"({"sha":")" + kCommit + R"(","sha":")" + kCommit + R"("})",
      "{\"sha\":\"" + kCommit + "\",\"a\xff\":1}",
      "{\"\x1b[2J\":1,\"\x1b[2J\":1}",
      repository(R"("m.gguf")"),
      repository(R"({"rfilename":["m.gguf"]})"),
      repository(sibling("m.gguf", R"(,"size":-1)")),
      repository(sibling("m.gguf", R"(,"size":1e300)")),
      repository(sibling("m.gguf", R"(,"size":18446744073709551616)")),
      repository(sibling("m.gguf", R"(,"size":"1")")),
      repository(sibling("m.gguf", R"(,"size":0)")),
      repository(sibling("m.gguf", R"(,"size":1,"lfs":[])")),
      repository(sibling("m.gguf", R"(,"size":1,"lfs":{})")),
      repository(sibling("m.gguf", R"(,"size":1,"lfs":{"sha256":"../../x"})")),
      repository(sibling("m.gguf", R"(,"size":1,"lfs":{"sha256":")" + kHex + R"(","size":2})")),
      repository(sibling("m.gguf", lfs(1)) + "," + sibling("m.gguf", lfs(1))),
  };
  for (const std::string& body : bodies) {
    ScriptedWeb web;
    web.on("GET " + kApi, {200, {}, body});
    const auto offer = find_offer(*ModelName::parse("o/r"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value()) << body;
    EXPECT_EQ(offer.error().code, Code::kUpstream) << body << "\n" << offer.error().message;
    EXPECT_THAT(offer.error().message, HasSubstr("huggingface.co"));
    EXPECT_TRUE(base::is_utf8(offer.error().message));
    EXPECT_THAT(offer.error().message, Not(HasSubstr("\x1b")));
  }
}

TEST_F(HuggingFace, PathsThatLeadElsewhereAreNotSeen) {
  web_.on("GET " + kApi, {200,
                          {},
                          repository(sibling("../m-q4_k_m.gguf", lfs(1)) + "," +
                                     sibling("a/../../m-q4_k_m.gguf", lfs(1)) + "," +
                                     sibling("/m-q4_k_m.gguf", lfs(1)) + "," +
                                     sibling("x\\\\m-q4_k_m.gguf", lfs(1)) + "," +
                                     sibling("x\\u0000-q4_k_m.gguf", lfs(1)))});
  EXPECT_EQ(error_of("o/r").code, Code::kNotFound);
}

TEST_F(HuggingFace, AnAnswerThatIsTooLongOrEncodedIsRefused) {
  web_.on("GET " + kApi, {200, {}, std::string(kAnswerBytesMax + 1, ' ')});
  EXPECT_EQ(error_of("o/r").code, Code::kUpstream);
  ScriptedWeb encoded;
  encoded.on("GET " + kApi, {200, {{"content-encoding", "gzip"}}, "\x1f\x8b"});
  const auto offer = find_offer(*ModelName::parse("o/r"), hubs_, encoded, {});
  EXPECT_THAT(offer.error().message, HasSubstr("encoded as 'gzip'"));
}

TEST_F(HuggingFace, ATokenThatIsNoWordIsNeverSent) {
  hubs_.hugging_face_token = "hf_x\r\nHost: evil";
  const Error error = error_of("o/r");
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_THAT(error.message, AllOf(HasSubstr("HF_TOKEN"), Not(HasSubstr("evil"))));
  EXPECT_TRUE(web_.asked().empty());
}

TEST_F(HuggingFace, AnAddressOfTheHubThatHidesAPasswordIsRefused) {
  for (const char* address : {"https://user:pass@hub.example", "ftp://hub.example", "hub.example",
                              "https://hub.example?x=1", "https://[::1]"}) {
    hubs_.hugging_face = address;
    EXPECT_EQ(error_of("o/r").code, Code::kInvalidArgument) << address;
  }
}

TEST_F(HuggingFace, ErrorsOfTheNetworkAreHandedOn) {
  EXPECT_EQ(error_of("o/r").code, Code::kUnavailable);
  base::CancelSource source;
  source.cancel();
  const auto offer = find_offer(*ModelName::parse("o/r"), hubs_, web_, source.token());
  EXPECT_EQ(offer.error().code, Code::kCancelled);
}

TEST(HuggingFaceAnswers, LicencesAreTakenAsFarAsTheyMakeSense) {
  const auto licences = [](const std::string& card) {
    return read_hub_repository(repository("", R"(,"cardData":)" + card))->licences;
  };
  using Licences = std::vector<std::string>;
  EXPECT_EQ(licences(R"({"license":"mit"})"), Licences{"mit"});
  EXPECT_EQ(licences(R"({"license":["mit","gpl"]})"), (Licences{"mit", "gpl"}));
  EXPECT_EQ(licences(R"({"license":"other","license_name":"gemma"})"), Licences{"gemma"});
  EXPECT_EQ(licences(R"({"license":"other","license_name":{}})"), Licences{"other"});
  for (const char* card : {"null", "5", "[]", "{}", R"({"license":{}})", R"({"license":[5,[]]})",
                           R"({"license":""})", R"({"license":"a\u0000b"})"})
    EXPECT_EQ(licences(card), Licences{}) << card;
}

TEST(HuggingFaceAnswers, ARepositoryOfTooManyModelsIsRefused) {
  std::string siblings;
  for (std::size_t i = 0; i <= kRepositoryFilesMax; ++i)
    siblings += (i == 0 ? "" : ",") + sibling(std::to_string(i) + ".gguf", "");
  EXPECT_EQ(read_hub_repository(repository(siblings)).error().code, Code::kResourceExhausted);
}

TEST(HuggingFaceAnswers, TheNextPageStandsInALinkHeader) {
  EXPECT_EQ(next_page("<https://a/b?c=d>; rel=\"next\""), "https://a/b?c=d");
  EXPECT_EQ(next_page("<https://a/1>; rel=\"first\", <https://a/2>;rel=next"), "https://a/2");
  for (const char* link :
       {"", "<", ">", "<a", "><", "<https://a/1>", "<a>; rel=\"prev\"", "rel=\"next\""})
    EXPECT_EQ(next_page(link), std::nullopt) << link;
}

}  // namespace
}  // namespace hearth::store
