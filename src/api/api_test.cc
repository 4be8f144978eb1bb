#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api {
namespace {

using chat::Failed;
using chat::Finished;
using chat::Progress;
using chat::Started;
using chat::TextDelta;
using chat::Usage;
using net::testing::RawClient;
using net::testing::RawReply;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Face;
using testing::failing;
using ::testing::HasSubstr;
using testing::kChat;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Step;

const std::string kAsk = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
const std::string kAskStream =
    R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true})";
const std::string kAskStreamUsage =
    R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,)"
    R"("stream_options":{"include_usage":true}})";

std::vector<Step> greeting() {
  return {{Started{7, 5}},           {Progress{Progress::Phase::kPrefill, 5, 5}},
          {TextDelta{"Hel\"", 1}},   {TextDelta{"lo", 1}},
          {Usage{5, 3, 2, 1, 2, 3}}, {Finished{Finished::Reason::kLength}}};
}

// What follows each mark, up to a quote or a comma, becomes `stand_in`.
void replace_after(std::string& text, std::string_view mark, std::string_view stand_in) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    text.replace(at, text.find_first_of("\",", at) - at, stand_in);
  }
}

// Ids and times differ from run to run.
std::string normalised(std::string text) {
  replace_after(text, "chatcmpl-", "ID");
  replace_after(text, "\"created\":", "0");
  replace_after(text, "hearth-", "V");
  return text;
}

TEST(ChatCompletions, AnswersWhole) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply reply = face.send("POST", kChat, kAsk);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_THAT(reply.headers.at("x-request-id"), StartsWith("req-"));
  EXPECT_EQ(face.provider.last_request().id, reply.headers.at("x-request-id"));
  EXPECT_EQ(normalised(reply.body),
            R"({"id":"chatcmpl-ID","object":"chat.completion","created":0,"model":"m",)"
            R"("system_fingerprint":"hearth-V","choices":[{"index":0,"message":)"
            R"({"role":"assistant","content":"Hel\"lo","refusal":null,"annotations":[]},)"
            R"("logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":5,)"
            R"("completion_tokens":2,"total_tokens":7,"prompt_tokens_details":)"
            R"({"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":0}},)"
            R"("hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,"decode_ms":3}})");
}

TEST(ChatCompletions, Streams) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply reply = face.send("POST", kChat, kAskStreamUsage);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_THAT(reply.headers.at("content-type"), StartsWith("text/event-stream"));
  const std::string head =
      R"(data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":0,"model":"m",)"
      R"("system_fingerprint":"hearth-V","choices":[)";
  const std::string tail = R"("logprobs":null,"finish_reason":null}],"usage":null})"
                           "\n\n";
  EXPECT_EQ(
      normalised(reply.body),
      head + R"({"index":0,"delta":{"role":"assistant","content":"","refusal":null},)" + tail +
          head + R"({"index":0,"delta":{"content":"Hel\""},)" + tail + head +
          R"({"index":0,"delta":{"content":"lo"},)" + tail + head +
          R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":null,)" +
          R"("hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,"decode_ms":3}})" + "\n\n" + head +
          R"(],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,)"
          R"("prompt_tokens_details":{"cached_tokens":3},)"
          R"("completion_tokens_details":{"reasoning_tokens":0}}})"
          "\n\ndata: [DONE]\n\n");
}

TEST(ChatCompletions, StreamsWithoutUsageUnlessAsked) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply reply = face.send("POST", kChat, kAskStream);
  EXPECT_THAT(reply.body, Not(HasSubstr("usage")));
  EXPECT_THAT(reply.body, HasSubstr("data: [DONE]\n\n"));
}

TEST(ChatCompletions, AFailureBeforeTheFirstByteIsAnHttpError) {
  struct Case {
    Code code;
    int status;
    const char* name;
    const char* param = "null";
  };
  const Case cases[] = {{Code::kContextOverflow, 400, "context_length_exceeded", "\"messages\""},
                        {Code::kNotFound, 404, "model_not_found", "\"model\""},
                        {Code::kResourceExhausted, 429, "rate_limit_exceeded"},
                        {Code::kUnavailable, 503, "unavailable"},
                        {Code::kEngineCrashed, 500, "engine_crashed"},
                        {Code::kDeadlineExceeded, 504, "deadline_exceeded"}};
  Face face;
  for (const Case& one : cases) {
    face.provider.set_script(failing(one.code));
    for (const std::string& ask : {kAsk, kAskStream}) {
      const RawReply reply = face.send("POST", kChat, ask);
      EXPECT_EQ(reply.status, one.status);
      EXPECT_EQ(reply.headers.at("content-type"), "application/json");
      EXPECT_EQ(reply.headers.contains("retry-after"), one.status == 429 || one.status == 503);
      EXPECT_THAT(reply.body, StartsWith(R"({"error":{"message":"it went wrong","type":")"));
      EXPECT_THAT(reply.body, HasSubstr(std::string(R"("param":)") + one.param + R"(,"code":")" +
                                        one.name + "\"}}"));
    }
  }
}

TEST(ChatCompletions, AFailureInMidStreamIsItsLastEvent) {
  Face face;
  face.provider.set_script(
      {{TextDelta{"Hel", 1}}, {Failed{make_error(Code::kEngineCrashed, "the engine died")}}});
  const RawReply reply = face.send("POST", kChat, kAskStream);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body.ends_with(
      R"(data: {"error":{"message":"the engine died","type":"server_error","param":null,)"
      R"("code":"engine_crashed"}})"
      "\n\n"));
  EXPECT_THAT(reply.body, Not(HasSubstr("[DONE]")));
}

TEST(ChatCompletions, SaysThatItLivesWhileTheModelIsStillLoading) {
  Face face(milliseconds(40));
  std::vector<Step> slow;
  for (std::uint32_t i = 0; i < 20; ++i) {
    slow.push_back({Progress{Progress::Phase::kLoad, i, 20}, milliseconds(10)});
  }
  slow.push_back({Failed{make_error(Code::kOutOfMemory, "it does not fit")}});
  face.provider.set_script(slow);
  const RawReply reply = face.send("POST", kChat, kAskStream);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("\n\n: waiting\n\n"));
  EXPECT_THAT(reply.body, HasSubstr(R"("code":"out_of_memory")"));
}

TEST(ChatCompletions, AClientThatLeavesEndsTheWork) {
  Face face;
  face.provider.set_script({{TextDelta{"Hel", 1}}});  // and then nothing, for ever
  RawClient streaming(face.port);
  streaming.request("POST", kChat, kAskStream);
  ASSERT_FALSE(streaming.read_through("Hel").empty());
  RawClient waiting(face.port);
  waiting.request("POST", kChat, kAsk);
  ASSERT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 2; }));
  EXPECT_THAT(face.metrics(), HasSubstr("hearth_streams_open 2\n"));

  streaming.close();
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 1; }));
  waiting.close();
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 0; }));
  const std::string metrics = face.metrics();
  EXPECT_THAT(metrics, HasSubstr("hearth_client_disconnects_total 2\n"));
  EXPECT_THAT(metrics, HasSubstr("hearth_streams_open 0\n"));
  EXPECT_THAT(metrics, HasSubstr(R"(status="499"} 1)")) << "the one that had seen no answer yet";
  EXPECT_THAT(metrics, Not(HasSubstr(R"(status="500")")));
}

TEST(ChatCompletions, NamesTheFieldThatIsWrongAndThoseWithoutEffect) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply bad = face.send("POST", kChat, R"({"model":"m","messages":[],"n":1})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body,
            R"({"error":{"message":"messages must have at least one message",)"
            R"("type":"invalid_request_error","param":"messages","code":"invalid_argument"}})");
  const RawReply nested = face.send("POST", kChat, std::string(10'000, '['));
  EXPECT_EQ(nested.status, 400);
  EXPECT_THAT(nested.body, HasSubstr("nested deeper than 64 levels"));
  const std::string ask =
      R"({"model":"m","messages":[{"role":"user","content":"hi"}],"user":"u","store":false})";
  EXPECT_EQ(face.send("POST", kChat, ask).headers.at("x-hearth-ignored"), "user, store");
}

TEST(Models, AreListedAndShown) {
  Face face;
  const chat::Capabilities tools{.system = true, .tools = true};
  face.provider.set_models({{"a/b:q4", 10, 5000}, {"ember", 20, 7000, tools}});
  EXPECT_EQ(face.send("GET", "/v1/models").body,
            R"({"object":"list","data":[{"id":"a/b:q4","object":"model","created":5,)"
            R"("owned_by":"hearth","hearth":{"capabilities":null}},{"id":"ember",)"
            R"("object":"model","created":7,"owned_by":"hearth","hearth":{"capabilities":)"
            R"({"system":true,"tools":true,"parallel_calls":false,"thinking":false}}}]})");
  EXPECT_EQ(face.send("GET", "/v1/models/a%2Fb%3Aq4").body,
            R"({"id":"a/b:q4","object":"model","created":5,"owned_by":"hearth",)"
            R"("hearth":{"capabilities":null}})");
  EXPECT_EQ(face.send("GET", "/v1/models/A%2Fb%3Aq4:latest").status, 200) << "as Ollama says it";
  const RawReply none = face.send("GET", "/v1/models/none");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr(R"("param":"model","code":"model_not_found")"));
}

TEST(OwnRoutes, TellHealth) {
  Face face;
  EXPECT_EQ(face.send("GET", "/health").status, 200);
  EXPECT_EQ(face.send("GET", "/health/ready").body, R"({"status":"ok"})");
  face.ready = false;
  const RawReply reply = face.send("GET", "/health/ready");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("the store is still being read"));
  EXPECT_EQ(face.send("GET", "/health/live").status, 200);
}

TEST(OwnRoutes, TellWhatANeighbourHasAndHolds) {
  Face face;
  EXPECT_EQ(face.send("GET", "/hearth/v1/neighbours").body,
            R"({"ollama":{"version":"0.20","url":"http://127.0.0.1:1","models":[{"name":"m",)"
            R"("size_bytes":5,"digest":"abc","parameters":"1B","quantisation":"Q8_0"}],)"
            R"("loaded":[{"name":"m","size_bytes":9,"vram_bytes":4,"expires":"soon"}]}})");
  EXPECT_EQ(face.send("POST", "/hearth/v1/neighbours/show", R"({"model":"m"})").body,
            R"({"model":"m","format":"gguf","family":"llama","parameters":"1B",)"
            R"("quantisation":"Q8_0","capabilities":["tools"]})");
  EXPECT_EQ(face.send("POST", "/hearth/v1/neighbours/unload", R"({"model":"m"})").body,
            R"({"model":"m","status":"unloaded"})");
  EXPECT_EQ(face.send("POST", "/hearth/v1/neighbours/unload", R"({"x":1})").status, 400);
}

TEST(OwnRoutes, TellThatThereIsNoNeighbour) {
  Face face;
  face.alone = true;
  EXPECT_EQ(face.send("GET", "/hearth/v1/neighbours").body,
            R"({"ollama":null,"why":"no Ollama answers"})");
  EXPECT_EQ(face.send("POST", "/hearth/v1/neighbours/unload", R"({"model":"m"})").status, 503);
}

TEST(OwnRoutes, LoadAndPinAModelByItsName) {
  Face face;
  const auto send = [&face](const std::string& what, const std::string& body) {
    return face.send("POST", "/hearth/v1/models/" + what, body);
  };
  EXPECT_EQ(send("load", R"({"model":"m"})").body, R"({"model":"m","status":"loaded"})");
  EXPECT_EQ(send("pin", R"({"model":"m"})").body, R"({"model":"m","status":"pinned"})");
  EXPECT_TRUE(face.pinned);
  EXPECT_EQ(send("unpin", R"({"model":"m"})").body, R"({"model":"m","status":"unpinned"})");
  EXPECT_FALSE(face.pinned);
  for (const char* what : {"load", "pin", "unpin"}) {
    const RawReply unknown = send(what, R"({"model":"x"})");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_THAT(unknown.body, HasSubstr(R"("param":"model")"));
    EXPECT_EQ(send(what, R"({"model":1})").status, 400);
  }
}

TEST(OwnRoutes, TellWhatIsLoadedAndUnloadIt) {
  Face face;
  const chat::Capabilities thinks{.thinking = true};
  face.provider.set_models(
      {{"m", 10, 5000, thinks}, {"other", 20, 6000, {}, false, store::Holder::kOllama}});
  const RawReply loaded = face.send("GET", "/hearth/v1/models");
  EXPECT_THAT(
      loaded.body,
      StartsWith(
          R"({"models":[{"name":"m","size_bytes":10,)"
          R"("modified_ms":5000,"built_in":false,"held_by":"path","loaded":true,"capabilities":)"
          R"({"system":false,"tools":false,"parallel_calls":false,)"
          R"("thinking":true}},)"));
  EXPECT_THAT(loaded.body, HasSubstr(R"("built_in":false,"held_by":"ollama","loaded":false,)"
                                     R"("capabilities":null})"));
  EXPECT_THAT(loaded.body, HasSubstr(R"("loaded":[{"model":"m","state":"ready")"));
  EXPECT_THAT(loaded.body, Not(HasSubstr("/secret")));
  EXPECT_THAT(loaded.body,
              HasSubstr(R"("planned":{"weight_bytes":50,"kv_bytes":30,"compute_bytes":20,)"
                        R"("program_bytes":10},"used":{"mapped_bytes":60,"anonymous_bytes":40})"));
  EXPECT_THAT(
      loaded.body,
      HasSubstr(R"("waiting":{"requests":2,"requests_max":4,"bytes":300,"bytes_max":500})"));
  EXPECT_THAT(
      loaded.body,
      HasSubstr(R"("heat":"hot","expected":[{"model":"next","size_bytes":9,"read_bytes":4}])"));
  const char* unload = "/hearth/v1/models/unload";
  EXPECT_EQ(face.send("POST", unload, R"({"model":"m"})").body,
            R"({"model":"m","status":"unloaded"})");
  const RawReply none = face.send("POST", unload, R"({"model":"x"})");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr(R"("code":"not_found")"));
  EXPECT_EQ(face.send("POST", unload, R"({"model":5})").status, 400);
  EXPECT_EQ(face.send("POST", unload, R"({"model":"m","force":1})").status, 400);
}

TEST(OwnRoutes, LoadAModelAndSayHowLongItStays) {
  Face face;
  const char* load = "/hearth/v1/models/load";
  EXPECT_EQ(face.send("POST", load, R"({"model":"m","keep_alive":"1h"})").body,
            R"({"model":"m","status":"loaded"})");
  EXPECT_EQ(face.load_wish.keep_alive, std::chrono::hours(1));
  EXPECT_EQ(face.send("POST", load, R"({"model":"m","keep_alive":null})").status, 200);
  EXPECT_EQ(face.load_wish.keep_alive, std::nullopt);
  EXPECT_EQ(face.load_wish.then, std::nullopt);
  EXPECT_EQ(face.send("POST", load, R"({"model":"m","then":["b","c"]})").status, 200);
  EXPECT_EQ(face.load_wish.then, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(face.send("POST", load, R"({"model":"x"})").status, 404);
  for (const char* wrong : {R"({"keep_alive":1})", R"({"model":"m","keep_alive":0})",
                            R"({"model":"m","then":"b"})", R"({"model":"m","then":[1]})",
                            R"({"model":"m","keep_alive":"long"})", R"({"model":"m","x":1})"})
    EXPECT_EQ(face.send("POST", load, wrong).status, 400) << wrong;
}

TEST(OwnRoutes, TellTheVersionAndEndTheDaemon) {
  Face face;
  EXPECT_EQ(face.send("GET", "/hearth/v1/version").body,
            R"({"name":"hearth","version":")" HEARTH_VERSION R"(","protocol":1,)"
            R"("url":"http://127.0.0.1:4327"})");
  EXPECT_EQ(face.send("POST", "/hearth/v1/shutdown").status, 200);
  EXPECT_TRUE(face.becomes_true([&] { return face.stopping.load(); }));
}

TEST(OwnRoutes, TellWhatARunnerMeasured) {
  Face face;
  metrics::Histogram steps;
  for (int ms = 1; ms <= 100; ++ms)
    steps.record(ms);
  fleet::RunnerCounts counts;
  counts.steps = 7;
  counts.figures.step_ms = steps.snapshot();
  metrics::Histogram writers;
  writers.record(1);
  writers.record(2);
  counts.figures.step_writers = writers.snapshot();
  counts.prefix_cache = "off: its memory cannot be cut";
  counts.kv_tokens = 4096;
  face.set_counts(counts);
  const std::string stats = face.send("GET", "/hearth/v1/stats?model=m").body;
  EXPECT_THAT(stats, HasSubstr(R"("kv_tokens":4096)"));
  EXPECT_THAT(stats, HasSubstr(R"("prefix_cache":{"state":"off: its memory cannot be cut")"));
  EXPECT_THAT(stats, HasSubstr(R"("step_ms":{"count":100,"mean":50.5,"least":1,"p50":)"));
  EXPECT_THAT(stats, HasSubstr(R"("most":100})"));
  EXPECT_THAT(stats, HasSubstr(R"("step_writers":{"count":2,"mean":1.5,"least":1,"p50":1,"p90":2,)"
                               R"("p99":2,"most":2})"));
  EXPECT_THAT(stats, HasSubstr(R"("token_ms":{"count":0,"mean":0,"least":0,"p50":0,)"));
  const std::string text = face.metrics();
  EXPECT_THAT(text, HasSubstr("# TYPE hearth_engine_step_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("hearth_engine_step_seconds_bucket{model=\"m\",le=\"0.064\"} 64\n"));
  EXPECT_THAT(text, HasSubstr("hearth_engine_step_seconds_sum{model=\"m\"} 5.05\n"));
  EXPECT_THAT(text, HasSubstr("hearth_engine_step_tokens_count{model=\"m\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("hearth_engine_steps_total{model=\"m\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("hearth_engine_kv_tokens{model=\"m\"} 4096\n"));
}

TEST(OwnRoutes, ARunnerThatIsSilentLeavesTheOtherMetrics) {
  Face face;
  face.silent = true;
  const RawReply reply = face.send("GET", "/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("hearth_streams_open 0\n"));
  EXPECT_THAT(reply.body, Not(HasSubstr("hearth_engine_")));
}

TEST(OwnRoutes, CountWhatWasAnswered) {
  Face face;
  face.provider.set_script(greeting());
  face.send("POST", kChat, kAsk);
  face.send("GET", "/nowhere/" + std::string(50, 'x'));
  const std::string text = face.metrics();
  EXPECT_THAT(text, HasSubstr("hearth_http_requests_total{route=\"/v1/chat/completions\","
                              "status=\"200\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("hearth_http_requests_total{route=\"none\",status=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("hearth_http_request_seconds_count{route=\"/v1/chat/completions\"} "
                              "1\n"));
  EXPECT_THAT(text, HasSubstr("hearth_time_to_first_token_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("hearth_completion_tokens_total 2\n"));
}

TEST(Router, SaysWhatIsNotHereAndWhatAPathTakes) {
  Face face;
  const RawReply none = face.send("GET", "/v2/x");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr(R"("code":"unknown_url")"));
  EXPECT_THAT(none.headers.at("x-request-id"), StartsWith("req-"));
  const RawReply wrong = face.send("GET", kChat);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "POST");
  EXPECT_EQ(face.send("GET", "/v1/models/").status, 404);
  RawClient client(face.port);
  client.request("HEAD", "/v1/models");
  EXPECT_EQ(client.read_reply(RawClient::Of::kHead).status, 200);
}

TEST(Router, KeepsAClientsOwnIdWhenItIsOne) {
  Face face;
  face.provider.set_script(greeting());
  const auto id_of = [&](const std::string& sent) {
    return face.send("POST", kChat, kAsk, "X-Request-Id: " + sent + "\r\n")
        .headers.at("x-request-id");
  };
  EXPECT_EQ(id_of("trace/42:a"), "trace/42:a");
  EXPECT_EQ(face.provider.last_request().id, "trace/42:a");
  EXPECT_EQ(id_of(std::string(128, 'x')), std::string(128, 'x'));
  for (const std::string& odd :
       {std::string(129, 'x'), std::string("two words"), std::string("\xC3\xA4"), std::string()}) {
    EXPECT_THAT(id_of(odd), StartsWith("req-")) << odd;
  }
}

TEST(Router, KeepsOtherPeoplesPagesOut) {
  Face face;
  RawClient rebound(face.port);
  rebound.send("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  const RawReply reply = rebound.read_reply();
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("evil.example"));
  EXPECT_EQ(face.send("POST", kChat, kAsk, "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(face.send("POST", "/hearth/v1/shutdown", "", "Origin: null\r\n").status, 403);
  EXPECT_FALSE(face.stopping);
  const RawReply read = face.send("GET", "/v1/models", "", "Origin: https://evil.example\r\n");
  EXPECT_FALSE(read.headers.contains("access-control-allow-origin"));
}

TEST(Router, ShapesWhatNoHandlerSees) {
  Face face;
  const RawReply large = face.send("POST", kChat, std::string(200'000, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(large.body, StartsWith(R"({"error":{"message":"the body of the request has more )"));
  EXPECT_THAT(large.headers.at("x-request-id"), StartsWith("req-"));
  const RawReply message = face.send("POST", "/v1/messages", std::string(200'000, ' '));
  EXPECT_EQ(message.status, 413);
  EXPECT_THAT(message.body,
              AllOf(StartsWith(R"({"type":"error","error":{"type":"request_too_large")"),
                    HasSubstr(message.headers.at("request-id"))));
  EXPECT_EQ(message.headers.at("request-id"), message.headers.at("x-request-id"));
  EXPECT_THAT(face.send("POST", "/api/chat", std::string(200'000, ' ')).body,
              StartsWith(R"({"error":"the body of the request has more )"));
  const RawReply elsewhere =
      face.send("POST", "/v1/messages", "{}", "Origin: https://evil.example\r\n");
  EXPECT_EQ(elsewhere.status, 403);
  EXPECT_EQ(elsewhere.headers.at("request-id"), elsewhere.headers.at("x-request-id"));
  RawClient client(face.port);
  client.send("nonsense\r\n\r\n");
  const RawReply malformed = client.read_reply();
  EXPECT_EQ(malformed.status, 400);
  EXPECT_THAT(malformed.body, HasSubstr(R"("type":"invalid_request_error")"));
  EXPECT_THAT(face.metrics(), HasSubstr("{route=\"none\",status=\"413\"} 3\n"));
}

}  // namespace
}  // namespace hearth::api
