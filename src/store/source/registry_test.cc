#include "store/source/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "store/digest.h"
#include "store/source/registry_answers.h"
#include "store/testing/scripted_web.h"

namespace hearth::store {
namespace {

using ::testing::AllOf;
using testing::Answer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ScriptedWeb;

const std::string kHex(64, 'a');
const std::string kOtherHex(64, 'b');
const std::string kV2 = "https://registry.ollama.ai/v2/library/x/";
const std::string kManifest = kV2 + "manifests/tag";
const std::string kImage = "application/vnd.ollama.image.";
const std::string kDocker = "application/vnd.docker.ai.";

std::string layer(const std::string& type, const std::string& digest, std::uint64_t size) {
  return R"({"mediaType":")" + type + R"(","digest":")" + digest + R"(","size":)" +
         std::to_string(size) + "}";
}

std::string manifest(const std::string& layers) {
  return R"({"schemaVersion":2,"config":{"digest":"sha256:0"},"layers":[)" + layers + "]}";
}

std::string digest_text(std::string_view text) {
  return digest_of_text(text)->text();
}

const std::string kModelLayer = layer(kImage + "model", "sha256:" + kHex, 1000);

class Registry : public ::testing::Test {
 protected:
  // A layer whose bytes the registry has.
  std::string text_layer(const std::string& type, const std::string& text) {
    web_.on("GET " + kV2 + "blobs/" + digest_text(text), {200, {}, text});
    return layer(type, digest_text(text), text.size());
  }
  Result<Offer> find(const std::string& name = "x:tag") {
    return find_offer(*ModelName::parse(name, PlainHttp::kAllowed), hubs_, web_, {});
  }
  Error error_of(const std::string& name = "x:tag") {
    const auto offer = find(name);
    EXPECT_FALSE(offer.has_value());
    return offer ? Error{} : offer.error();
  }

  Hubs hubs_;
  ScriptedWeb web_;
};

TEST_F(Registry, LayersBecomeFilesAndWhatIsSaidOfTheirUse) {
  const std::string body = manifest(
      kModelLayer + "," + layer(kImage + "projector", "sha256:" + kOtherHex, 5) + "," +
      text_layer(kImage + "template", "{{ .Prompt }}") + "," +
      text_layer(kImage + "system", "Be kind.") + "," +
      text_layer(kImage + "params",
                 R"({"stop":["<a>","<b>"],"temperature":0.7,"num_ctx":4096,"x":true,"y":null})") +
      "," +
      text_layer(kImage + "messages", R"([{"role":"user","content":"Hi"},{"role":"assistant"}])") +
      "," + text_layer(kImage + "license", "MIT \xa9") + "," +
      R"({"mediaType":"application/new","digest":"../../etc/passwd","size":-1})");
  web_.on("GET " + kManifest, {200, {}, body});
  const auto offer = find();
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  ASSERT_EQ(offer->files.size(), 2U);
  EXPECT_EQ(offer->files[0], (OfferedFile{FileRole::kModel,
                                          {},
                                          "x-tag.gguf",
                                          kV2 + "blobs/sha256:" + kHex,
                                          1000,
                                          *BlobDigest::parse(kHex)}));
  EXPECT_EQ(offer->files[1].role, FileRole::kProjector);
  EXPECT_EQ(offer->files[1].file_name, "x-tag-mmproj-1.gguf");
  const Manifest& said = offer->manifest;
  EXPECT_EQ(said.origin.revision, digest_text(body));
  EXPECT_EQ(said.origin.from, "https://registry.ollama.ai");
  EXPECT_EQ(said.directions.chat_template, "");  // it is in Go's language
  EXPECT_EQ(said.directions.system, "Be kind.");
  EXPECT_EQ(said.directions.parameters, (std::vector<Parameter>{{"stop", "<a>"},
                                                                {"stop", "<b>"},
                                                                {"temperature", "0.7"},
                                                                {"num_ctx", "4096"},
                                                                {"x", "true"}}));
  EXPECT_EQ(said.directions.messages,
            (std::vector<ExampleMessage>{{Speaker::kUser, "Hi"}, {Speaker::kAssistant, ""}}));
  EXPECT_EQ(said.licences, std::vector<std::string>{"MIT \xef\xbf\xbd"});
  EXPECT_EQ(offer->authorization, "");
}

TEST_F(Registry, ItIsAskedForAManifestAsOllamaDoes) {
  web_.on("GET http://localhost:5000/v2/me/x/manifests/tag", {200, {}, manifest(kModelLayer)});
  const auto offer = find("http://localhost:5000/me/x:tag");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(*net::find_header(web_.asked()[0].headers, "Accept"),
            "application/vnd.docker.distribution.manifest.v2+json");
  EXPECT_EQ(offer->files[0].url, "http://localhost:5000/v2/me/x/blobs/sha256:" + kHex);
}

TEST_F(Registry, ADividedModelHasItsPartsInTheOrderOfTheLayers) {
  web_.on(
      "GET " + kManifest,
      {200, {}, manifest(kModelLayer + "," + layer(kImage + "model", "sha256:" + kOtherHex, 7))});
  const auto offer = find();
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->files[1].part, (SplitPart{2, 2}));
  EXPECT_EQ(offer->files[1].file_name, "x-tag-00002-of-00002.gguf");
}

TEST_F(Registry, ASmallLayerMustBeWhatItsDigestSays) {
  const std::string body = manifest(kModelLayer + "," + text_layer(kImage + "system", "good"));
  web_.on("GET " + kManifest, {200, {}, body});
  for (const std::string text : {"evil", "good one", ""}) {
    ScriptedWeb web;
    web.on("GET " + kManifest, {200, {}, body});
    web.on("GET " + kV2 + "blobs/" + digest_text("good"), {200, {}, text});
    const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value());
    EXPECT_EQ(offer.error().code, Code::kCorrupt) << text;
    EXPECT_THAT(offer.error().message, HasSubstr(digest_text("good")));
  }
  EXPECT_EQ(find()->manifest.directions.system, "good");
}

TEST_F(Registry, SmallLayersThatAreLargeAreNotFetched) {
  web_.on("GET " + kManifest,
          {200,
           {},
           manifest(kModelLayer + "," +
                    layer(kImage + "license", "sha256:" + kOtherHex, kLayerTextsBytesMax + 1))});
  EXPECT_EQ(error_of().code, Code::kUpstream);
  EXPECT_EQ(web_.asked().size(), 1U);
}

TEST_F(Registry, AManifestThatIsNotThePromisedOneIsRefused) {
  web_.on("GET " + kManifest,
          {200, {{"Docker-Content-Digest", "sha256:" + kHex}}, manifest(kModelLayer)});
  const Error error = error_of();
  EXPECT_EQ(error.code, Code::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr(kHex));
}

TEST_F(Registry, StatusesSayWhatToDo) {
  struct Case {
    int status;
    net::WebHeaders headers;
    Code code;
    std::string says;
  };
  const std::vector<Case> cases{
      {404, {}, Code::kNotFound, "check the spelling and the tag"},
      {401, {}, Code::kUnauthenticated, "choose a public model"},
      {401, {{"WWW-Authenticate", "Basic realm=\"x\""}}, Code::kUnauthenticated, "public model"},
      {403, {}, Code::kUnauthenticated, "choose a public model"},
      {429, {{"Retry-After", "7"}}, Code::kResourceExhausted, "in 7 seconds"},
      {502, {}, Code::kUnavailable, "status 502"},
      {304, {}, Code::kUpstream, "status 304"},
  };
  for (const Case& c : cases) {
    ScriptedWeb web;
    web.on("GET " + kManifest, {c.status, c.headers, "{}"});
    const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value());
    EXPECT_EQ(offer.error().code, c.code) << c.status;
    EXPECT_THAT(offer.error().message, AllOf(HasSubstr(c.says), HasSubstr("registry.ollama.ai")));
  }
}

TEST_F(Registry, ATokenIsAskedForAtItsOwnHostAndThenShown) {
  web_.on("GET " + kManifest,
          {401,
           {{"Www-Authenticate", R"(Bearer realm="https://registry.ollama.ai/token",)"
                                 R"(service="reg, one",scope="repository:library/x:pull")"}},
           ""});
  web_.on("GET " + kManifest, {200, {}, manifest(kModelLayer)});
  web_.on(
      "GET https://registry.ollama.ai/token?service=reg%2C%20one&scope=repository%3Alibrary"
      "%2Fx%3Apull",
      {200, {}, R"({"token":"t0k3n"})"});
  const auto offer = find();
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->authorization, "Bearer t0k3n");
  ASSERT_EQ(web_.asked().size(), 3U);
  EXPECT_EQ(web_.asked()[0].authorization, "");
  EXPECT_EQ(web_.asked()[1].authorization, "");
  EXPECT_EQ(web_.asked()[1].redirects, net::WebRequest::Redirects::kTell);
  EXPECT_EQ(web_.asked()[2].authorization, "Bearer t0k3n");
}

TEST_F(Registry, ARealmOfAnotherHostIsNotAsked) {
  for (const std::string realm :
       {"https://evil.example/token", "http://registry.ollama.ai/token",
        "https://registry.ollama.ai:8443/token", "https://registry.ollama.ai.evil.example/token",
        "https://auth.docker.io/token"}) {
    ScriptedWeb web;
    web.on("GET " + kManifest,
           {401, {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"x\""}}, ""});
    const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value());
    EXPECT_EQ(offer.error().code, Code::kPermissionDenied) << realm;
    EXPECT_THAT(offer.error().message,
                AllOf(HasSubstr("registry.ollama.ai"), HasSubstr("another host")));
    EXPECT_EQ(web.asked().size(), 1U) << realm;
  }
}

TEST_F(Registry, ARealmThatIsNoUrlIsRefused) {
  for (const std::string realm :
       {"token", "file:///etc/passwd", "https://user@registry.ollama.ai/token",
        "https://registry.ollama.ai/t#x", "https://registry.ollama.ai/\r\nHost: x"}) {
    ScriptedWeb web;
    web.on("GET " + kManifest, {401, {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\""}}, ""});
    const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value());
    EXPECT_EQ(offer.error().code, Code::kUpstream) << realm;
    EXPECT_EQ(web.asked().size(), 1U) << realm;
  }
}

TEST_F(Registry, WhatTheTokenServerAnswersIsNotTrustedEither) {
  struct Case {
    Answer answer;
    Code code;
  };
  const std::vector<Case> cases{
      {{401, {}, ""}, Code::kUnauthenticated},
      {{429, {}, ""}, Code::kResourceExhausted},
      {{302, {{"Location", "https://evil.example"}}, ""}, Code::kUpstream},
      {{200, {}, ""}, Code::kUpstream},
      {{200, {}, "[]"}, Code::kUpstream},
      {{200, {}, "{}"}, Code::kUpstream},
      {{200, {}, R"({"token":""})"}, Code::kUpstream},
      {{200, {}, R"({"token":5})"}, Code::kUpstream},
      {{200, {}, R"({"token":"a\r\nHost: evil"})"}, Code::kUpstream},
      {{200, {}, R"({"token":")" + std::string(kTokenBytesMax + 1, 'x') + R"("})"},
       Code::kUpstream},
  };
  for (const Case& c : cases) {
    ScriptedWeb web;
    web.on("GET " + kManifest,
           {401, {{"WWW-Authenticate", "Bearer realm=https://registry.ollama.ai/token"}}, ""});
    web.on("GET https://registry.ollama.ai/token", c.answer);
    const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value());
    EXPECT_EQ(offer.error().code, c.code) << c.answer.body.substr(0, 50);
    EXPECT_EQ(web.asked().size(), 2U);
  }
}

TEST_F(Registry, ATokenThatDoesNotHelpIsNotAskedForAgain) {
  web_.on("GET " + kManifest,
          {401, {{"WWW-Authenticate", "Bearer realm=\"https://registry.ollama.ai/token\""}}, ""});
  web_.on("GET https://registry.ollama.ai/token", {200, {}, R"({"access_token":"t"})"});
  EXPECT_EQ(error_of().code, Code::kUnauthenticated);
  EXPECT_EQ(web_.asked().size(), 3U);
}

TEST_F(Registry, ManifestsThatMakeNoSenseAreRefused) {
  const std::string sha = "sha256:" + kHex;
  std::string many = kModelLayer;
  for (int i = 0; i < 20'000; ++i)
    many += ",{}";
  const std::vector<std::string> bodies{
      "",
      "null",
      "[]",
      "{}",
      "\xff",
      std::string("\0", 1),
      R"({"layers":{}})",
      R"({"layers":[5]})",
      R"({"layers":[{}]})",
      R"({"manifests":5})",
      R"({"manifests":[5]})",
      R"({"manifests":[{"digest":"x"}]})",
      std::string(100'000, '['),
      manifest(layer(kImage + "model", "sha256:../../../etc/passwd", 5)),
      manifest(layer(kImage + "model", "sha256-" + kHex, 5)),
      manifest(layer(kImage + "model", kHex, 5)),
      manifest(layer(kImage + "model", "sha256:" + kHex + "/..", 5)),
      manifest(layer(kImage + "model", "sha512:" + kHex, 5)),
      manifest(layer(kImage + "model", sha, 0)),
      manifest(R"({"mediaType":")" + kImage + R"(model","digest":")" + sha + R"(","size":-5})"),
      manifest(R"({"mediaType":")" + kImage + R"(model","digest":")" + sha + R"(","size":1e30})"),
      manifest(R"({"mediaType":")" + kImage + R"(model","digest":")" + sha + R"(","size":"5"})"),
      manifest(R"({"mediaType":")" + kImage + R"(model","digest":")" + sha + R"("})"),
      manifest(R"({"mediaType":")" + kImage + R"(model","digest":["a"],"size":5})"),
      manifest(R"({"mediaType":5,"digest":")" + sha + R"(","size":5})"),
      manifest(kModelLayer + "," + kModelLayer),
      manifest(kModelLayer + "," + layer(kImage + "projector", sha, 1000)),
      manifest(kModelLayer + "," + layer(kImage + "license", sha, 999)),
      manifest(many),
  };
  for (const std::string& body : bodies) {
    ScriptedWeb web;
    web.on("GET " + kManifest, {200, {}, body});
    const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
    ASSERT_FALSE(offer.has_value()) << body.substr(0, 200);
    EXPECT_EQ(offer.error().code, Code::kUpstream) << body.substr(0, 200);
    EXPECT_THAT(offer.error().message, HasSubstr("registry.ollama.ai"));
    EXPECT_TRUE(base::is_utf8(offer.error().message));
    EXPECT_EQ(web.asked().size(), 1U);
  }
}

TEST_F(Registry, AMillionLayersAreNotRead) {
  std::string many = kModelLayer;
  for (int i = 0; i < 1'000'000; ++i)
    many += ",{}";
  web_.on("GET " + kManifest, {200, {}, manifest(many)});
  EXPECT_EQ(error_of().code, Code::kUpstream);
  std::string parts;
  for (std::size_t i = 0; i <= kSplitPartsMax; ++i) {
    const std::string hex = digest_of_text(std::to_string(i))->text();
    parts += (i == 0 ? "" : ",") + layer(kImage + "model", hex, 5);
  }
  ScriptedWeb web;
  web.on("GET " + kManifest, {200, {}, manifest(parts)});
  const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, web, {});
  EXPECT_THAT(offer.error().message, HasSubstr("1025 parts"));
}

TEST_F(Registry, WhatIsNoFileOfAModelIsSaidToBeNone) {
  web_.on("GET " + kManifest, {200, {}, manifest(text_layer(kImage + "license", "MIT"))});
  EXPECT_THAT(error_of().message, HasSubstr("no file of a model"));
  ScriptedWeb tensors;
  tensors.on("GET " + kManifest,
             {200, {}, manifest(layer(kImage + "tensor", "sha256:" + kHex, 5))});
  const auto offer = find_offer(*ModelName::parse("x:tag"), hubs_, tensors, {});
  EXPECT_EQ(offer.error().code, Code::kUnimplemented);
  EXPECT_THAT(offer.error().message, HasSubstr("no GGUF file"));
}

TEST_F(Registry, SmallLayersThatMakeNoSenseAreRefused) {
  struct Case {
    LayerUse use;
    std::string text;
  };
  std::string many = "[0";
  for (std::size_t i = 0; i < kParametersMax; ++i)
    many += ",0";
  const std::vector<Case> cases{
      {LayerUse::kSystem, "\xff"},
      {LayerUse::kSystem, std::string("a\0b", 3)},
      {LayerUse::kChatTemplate, "\xff"},
      {LayerUse::kParameters, "[]"},
      {LayerUse::kParameters, R"({"Temperature":1})"},
      {LayerUse::kParameters, R"({"":1})"},
      {LayerUse::kParameters, R"({"a":{}})"},
      {LayerUse::kParameters, R"({"a":[[1]]})"},
      {LayerUse::kParameters, R"({"a":"\u0000"})"},
      {LayerUse::kParameters, R"({"a":)" + many + "]}"},
      {LayerUse::kParameters, std::string(50, '[')},
      {LayerUse::kMessages, "{}"},
      {LayerUse::kMessages, "[5]"},
      {LayerUse::kMessages, R"([{"content":"x"}])"},
      {LayerUse::kMessages, R"([{"role":"tool","content":"x"}])"},
      {LayerUse::kMessages, R"([{"role":"user","content":5}])"},
      {LayerUse::kMessages, R"([{"role":"user","content":"\u0000"}])"},
  };
  for (const Case& c : cases) {
    const ModelName name = *ModelName::parse("x:tag");
    Manifest said{name, {name, {}, {}}, {}, {}, {}};
    EXPECT_FALSE(take_layer_text(c.use, c.text, said).has_value()) << c.text.substr(0, 50);
  }
}

class DockerHub : public Registry {
 protected:
  const std::string base_ = "https://registry-1.docker.io/v2/ai/x/";
  const std::string model_ = layer(kDocker + "gguf.v3", "sha256:" + kHex, 10);
};

TEST_F(DockerHub, AnArtefactIsFoundWithATokenOfItsTokenServer) {
  const std::string chat = "{{ messages }}";
  const std::string body =
      manifest(model_ + "," + layer(kDocker + "mmproj", "sha256:" + kOtherHex, 5) + "," +
               layer(kDocker + "chat.template.jinja", digest_text(chat), chat.size()) + "," +
               layer(kDocker + "license", digest_text("MIT"), 3) + "," +
               layer(kDocker + "model.config.v9+json", "sha256:x", 3));
  web_.on("GET " + base_ + "manifests/1B",
          {401,
           {{"www-authenticate", R"(Bearer realm="https://auth.docker.io/token",)"
                                 R"(service="registry.docker.io",scope="repository:ai/x:pull")"}},
           ""});
  web_.on("GET " + base_ + "manifests/1B", {200, {}, body});
  web_.on(
      "GET https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Aai%2Fx"
      "%3Apull",
      {200, {}, R"({"token":"t","expires_in":300})"});
  web_.on("GET " + base_ + "blobs/" + digest_text(chat), {200, {}, chat});
  web_.on("GET " + base_ + "blobs/" + digest_text("MIT"), {200, {}, "MIT"});
  const auto offer = find("ai/x:1B");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->files[0].url, base_ + "blobs/sha256:" + kHex);
  EXPECT_EQ(offer->files[0].file_name, "x-1B.gguf");
  EXPECT_EQ(offer->files[1].role, FileRole::kProjector);
  EXPECT_EQ(offer->manifest.directions.chat_template, chat);
  EXPECT_EQ(offer->manifest.licences, std::vector<std::string>{"MIT"});
  EXPECT_EQ(offer->authorization, "Bearer t");
}

TEST_F(DockerHub, TheManifestOfAnIndexThatHasAModelIsTaken) {
  const std::string other = manifest(layer(kDocker + "safetensors", "sha256:" + kHex, 10));
  const std::string ours = manifest(model_);
  const std::string index =
      R"({"manifests":[{"digest":"sha256:)" + kOtherHex +
      R"(","annotations":{"vnd.docker.reference.type":"attestation-manifest"}},{"digest":")" +
      digest_text(other) + R"("},{"digest":")" + digest_text(ours) + R"("}]})";
  web_.on("GET " + base_ + "manifests/latest", {200, {}, index});
  web_.on("GET " + base_ + "manifests/" + digest_text(other), {200, {}, other});
  web_.on("GET " + base_ + "manifests/" + digest_text(ours), {200, {}, ours});
  const auto offer = find("ai/x");
  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  EXPECT_EQ(offer->manifest.origin.revision, digest_text(ours));
}

TEST_F(DockerHub, AnIndexThatLeadsToAnotherManifestOrToItselfIsRefused) {
  const std::string index = R"({"manifests":[{"digest":"sha256:)" + kHex + R"("}]})";
  web_.on("GET " + base_ + "manifests/latest", {200, {}, index});
  web_.on("GET " + base_ + "manifests/sha256:" + kHex, {200, {}, manifest(model_)});
  EXPECT_EQ(error_of("ai/x").code, Code::kCorrupt);
  const std::string inner = R"({"manifests":[]})";
  ScriptedWeb web;
  web.on("GET " + base_ + "manifests/latest",
         {200, {}, R"({"manifests":[{"digest":")" + digest_text(inner) + R"("}]})"});
  web.on("GET " + base_ + "manifests/" + digest_text(inner), {200, {}, inner});
  const auto offer = find_offer(*ModelName::parse("ai/x"), hubs_, web, {});
  EXPECT_EQ(offer.error().code, Code::kUnimplemented);
}

TEST_F(DockerHub, ItsTokensAreOnlyWhereTheyAreSaidToBe) {
  web_.on("GET " + base_ + "manifests/latest",
          {401, {{"WWW-Authenticate", "Bearer realm=\"https://auth.docker.io.evil/token\""}}, ""});
  EXPECT_EQ(error_of("ai/x").code, Code::kPermissionDenied);
  EXPECT_EQ(web_.asked().size(), 1U);
}

}  // namespace
}  // namespace hearth::store
