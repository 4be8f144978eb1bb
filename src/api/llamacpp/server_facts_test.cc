#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/llamacpp/series.h"
#include "api/testing/face.h"

namespace hearth::api::llamacpp {
namespace {

using net::testing::RawReply;
using ::testing::AllOf;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::Not;

fleet::ModelSheet some_sheet() {
  fleet::ModelSheet sheet;
  sheet.state.model.name = "m";
  sheet.state.model.path = "/secret/m.gguf";
  sheet.state.load.context = 4096;
  sheet.state.load.sequences_max = 2;
  sheet.state.capabilities = chat::Capabilities{true, true, false, false};
  sheet.state.loaded = true;
  sheet.facts.context_trained = 2048;
  sheet.facts.quantisation = "Q8_0";
  sheet.facts.chat_template = "{{ x }}";
  return sheet;
}

TEST(LlamacppProps, TellOfTheModelThatIsMeant) {
  Face face;
  face.inquiries.sheet = some_sheet();
  const RawReply reply = face.send("GET", "/props?model=m");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(face.inquiries.show.model, "m");
  EXPECT_THAT(
      reply.body,
      AllOf(HasSubstr(R"({"default_generation_settings":{"params":{"n_predict":-1,)"),
            HasSubstr(R"("n_ctx":2048},"total_slots":2,"model_alias":"m","model_path":"m")"),
            HasSubstr(R"("modalities":{"vision":false,"video":false,"audio":false})"),
            HasSubstr(R"("chat_template":"{{ x }}")"), HasSubstr(R"("supports_tools":true)"),
            HasSubstr(R"("is_sleeping":false})"), Not(HasSubstr("/secret"))));
  EXPECT_EQ(face.send("GET", "/props").status, 404) << "there is no usual model";
  face.provider.set_models({{"usual", 1, 1}});
  face.send("GET", "/props");
  EXPECT_EQ(face.inquiries.show.model, "usual");
}

TEST(LlamacppSlots, AreAsManyAsAModelAnswersAtATime) {
  Face face;
  face.inquiries.sheet = some_sheet();
  EXPECT_EQ(face.send("GET", "/slots?model=m").body,
            R"([{"id":0,"n_ctx":2048,"speculative":false,"is_processing":false},)"
            R"({"id":1,"n_ctx":2048,"speculative":false,"is_processing":false}])");
  EXPECT_EQ(face.send("GET", "/slots?model=m&fail_on_no_slot=1").status, 200);
  face.running = 1;
  EXPECT_EQ(face.send("GET", "/slots?model=m&fail_on_no_slot=1").status, 200);
  face.running = 2;
  EXPECT_EQ(face.send("GET", "/slots?model=m").status, 200);
  EXPECT_EQ(face.send("GET", "/slots?model=m&fail_on_no_slot=1").body,
            R"({"error":{"code":503,"message":"no slot available","type":"unavailable_error"}})");
  EXPECT_EQ(face.send("POST", "/slots/0?action=save", R"({"filename":"a"})").status, 501);
}

TEST(LlamacppModels, TellWhatIsLoaded) {
  Face face;
  face.provider.set_models({{"m", 5, 1000}, {"other", 6, 2000}});
  EXPECT_EQ(face.send("GET", "/models").body,
            R"({"models":[{"name":"m","model":"m","modified_at":"1970-01-01T00:00:01.000Z",)"
            R"("size":5},{"name":"other","model":"other",)"
            R"("modified_at":"1970-01-01T00:00:02.000Z","size":6}],"object":"list","data":[)"
            R"({"id":"m","aliases":[],"tags":[],"object":"model","created":1,"owned_by":"hearth",)"
            R"("status":{"value":"loaded"},"meta":{"size":5}},)"
            R"({"id":"other","aliases":[],"tags":[],"object":"model","created":2,)"
            R"("owned_by":"hearth","status":{"value":"unloaded"},"meta":{"size":6}}]})");
}

TEST(LlamacppHealth, IsTheDaemons) {
  Face face;
  EXPECT_EQ(face.send("GET", "/v1/health").body, R"({"status":"ok"})");
  face.ready = false;
  const RawReply reply = face.send("GET", "/v1/health");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, R"({"error":{"code":503,"message":"the store is still being read",)"
                        R"("type":"unavailable_error"}})");
}

TEST(LlamacppPaths, ThatAreNotHereAreRefusedInTheirOwnWords) {
  Face face;
  for (const std::string path : {"/lora-adapters", "/models/sse", "/v1/streams/lookup"}) {
    EXPECT_EQ(face.send("GET", path).body, R"({"error":{"code":404,"message":"there is no GET )" +
                                               path + R"( here","type":"not_found_error"}})");
  }
  const RawReply reply = face.send("POST", "/props", "{}");
  EXPECT_EQ(reply.status, 405);
  EXPECT_THAT(reply.body, HasSubstr(R"("type":"invalid_request_error"}})"));
}

TEST(LlamacppSeries, HaveTheNamesThatScrapersKnow) {
  fleet::RunnerCounts counts;
  counts.prompt_tokens = 10;
  counts.cached_tokens = 4;
  counts.completion_tokens = 8;
  counts.steps = 5;
  counts.running = 1;
  counts.waiting = 2;
  counts.figures.prefill_ms.sum = 2000;
  counts.figures.token_ms.sum = 4000;
  const std::string text = server_series({{"m", counts}});
  for (const char* line : {"llamacpp:prompt_tokens_total{model=\"m\"} 6\n",
                           "llamacpp:prompt_tokens_cached_total{model=\"m\"} 4\n",
                           "llamacpp:prompt_seconds_total{model=\"m\"} 2\n",
                           "llamacpp:tokens_predicted_total{model=\"m\"} 8\n",
                           "llamacpp:tokens_predicted_seconds_total{model=\"m\"} 4\n",
                           "llamacpp:n_decode_total{model=\"m\"} 5\n",
                           "llamacpp:prompt_tokens_seconds{model=\"m\"} 3\n",
                           "llamacpp:predicted_tokens_seconds{model=\"m\"} 2\n",
                           "llamacpp:requests_processing{model=\"m\"} 1\n",
                           "llamacpp:requests_deferred{model=\"m\"} 2\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_EQ(server_series({}), "");
  Face face;
  EXPECT_THAT(face.metrics(), HasSubstr("llamacpp:n_decode_total{model=\"m\"} 7\n"));
}

}  // namespace
}  // namespace hearth::api::llamacpp
