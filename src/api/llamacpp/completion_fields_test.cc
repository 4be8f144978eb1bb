#include "api/llamacpp/completion_fields.h"

#include <cmath>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::api::llamacpp {
namespace {

using chat::Constraint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<chat::Request> blank(const std::string& model) {
  chat::Request request;
  request.model = model.empty() ? "usual" : model;
  return request;
}

CompletionAsk ask(const std::string& fields) {
  auto ask = read_completion(R"({"prompt":"hi")" + fields + "}", blank);
  if (!ask) ADD_FAILURE() << ask.error().message << ": " << fields;
  return ask ? *std::move(ask) : CompletionAsk{};
}
CompletionAsk ask_with_prompt(const std::string& prompt) {
  auto ask = read_completion(R"({"prompt":)" + prompt + "}", blank);
  if (!ask) ADD_FAILURE() << ask.error().message << ": " << prompt;
  return ask ? *std::move(ask) : CompletionAsk{};
}
chat::Sampling sampling(const std::string& fields) {
  return ask(fields).call.request.sampling;
}

// "text:a" and "tokens:2", one prompt behind the other.
std::vector<std::string> shown(const Prompts& prompts) {
  std::vector<std::string> words;
  for (const PromptParts& parts : prompts.all) {
    std::string word;
    for (const RawPrompt& part : parts) {
      if (!word.empty()) word += ' ';
      word += part.tokens.empty() ? "text:" + part.text
                                  : "tokens:" + std::to_string(part.tokens.size());
    }
    words.push_back(word);
  }
  return words;
}

TEST(LlamacppPrompts, AreTextsTokensAndBoth) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {R"("a")", {"text:a"}},
      {"[1,2]", {"tokens:2"}},
      {R"([1,"a",2,3])", {"tokens:1 text:a tokens:2"}},
      {R"({"prompt_string":"a","multimodal_data":[]})", {"text:a"}},
  };
  for (const auto& [prompt, words] : cases) {
    const CompletionAsk read = ask_with_prompt(prompt);
    EXPECT_EQ(shown(read.prompts), words) << prompt;
    EXPECT_FALSE(read.prompts.is_list) << prompt;
  }
}

TEST(LlamacppPrompts, SeveralAreAList) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {R"(["a","b"])", {"text:a", "text:b"}},
      {R"(["a"])", {"text:a"}},
      {R"(["a",[1,2],["b",3]])", {"text:a", "tokens:2", "text:b tokens:1"}},
      {R"([{"prompt_string":"a"}])", {"text:a"}},
  };
  for (const auto& [prompt, words] : cases) {
    const CompletionAsk read = ask_with_prompt(prompt);
    EXPECT_EQ(shown(read.prompts), words) << prompt;
    EXPECT_TRUE(read.prompts.is_list) << prompt;
  }
}

TEST(LlamacppCompletion, TakesItsFields) {
  const CompletionAsk read =
      ask(R"(,"n_predict":7,"stream":true,"stop":["a","","b","a"],"n_probs":3,"n_cmpl":2,)"
          R"("return_tokens":true,"timings_per_token":true,"response_fields":["content"],)"
          R"("model":"m","hearth":{"priority":2})");
  const chat::Request& request = read.call.request;
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.max_tokens, 7U);
  EXPECT_EQ(request.logprobs, 3U);
  EXPECT_EQ(request.priority, 2);
  EXPECT_THAT(request.stop, ElementsAre("a", "b"));
  EXPECT_TRUE(read.call.stream && read.return_tokens && read.timings_per_token);
  EXPECT_EQ(read.call.choices, 2U);
  EXPECT_THAT(read.response_fields, ElementsAre("content"));
  EXPECT_THAT(read.call.ignored, IsEmpty());
}

TEST(LlamacppCompletion, UnsaidItIsAsLlamaServerHasIt) {
  const CompletionAsk read = ask("");
  EXPECT_EQ(read.call.request.model, "usual");
  EXPECT_EQ(read.n_predict, -1);
  EXPECT_GT(read.call.request.max_tokens, 1'000'000U);
  EXPECT_FALSE(read.call.stream);
  EXPECT_FALSE(read.call.request.logprobs);
  EXPECT_EQ(ask(R"(,"max_tokens":5)").call.request.max_tokens, 5U);
  EXPECT_EQ(ask(R"(,"max_tokens":5,"n_predict":6)").call.request.max_tokens, 6U);
  EXPECT_EQ(ask(R"(,"max_tokens":5,"n_predict":null)").call.request.max_tokens, 5U);
  EXPECT_EQ(ask(R"(,"n_predict":-5)").call.request.max_tokens, ask("").call.request.max_tokens);
  EXPECT_EQ(ask(R"(,"return_tokens":true)").call.request.logprobs, 0U);
}

TEST(LlamacppCompletion, OfNoTokensThePromptIsOnlyRead) {
  const CompletionAsk read = ask(R"(,"n_predict":0)");
  EXPECT_TRUE(read.reads_only());
  EXPECT_EQ(read.call.request.max_tokens, 1U);
}

TEST(LlamacppCompletion, TakesWhatTextsMustBe) {
  EXPECT_EQ(ask(R"(,"grammar":"root ::= \"a\"")").call.request.constraint.kind,
            Constraint::Kind::kGrammar);
  const chat::Request request =
      ask(R"(,"grammar":"","json_schema":{"type":"object"})").call.request;
  EXPECT_EQ(request.constraint.kind, Constraint::Kind::kSchema);
  EXPECT_EQ(request.constraint.text, R"({"type":"object"})");
}

TEST(LlamacppSampling, IsReadAsLlamaServerWritesIt) {
  EXPECT_EQ(sampling(R"(,"top_k":-1)").top_k, 0U);
  EXPECT_EQ(sampling(R"(,"seed":5)").seed, 5U);
  EXPECT_FALSE(sampling(R"(,"seed":-1)").seed);
  EXPECT_FALSE(sampling(R"(,"seed":4294967295)").seed);
  const auto biases = sampling(R"(,"logit_bias":[[5,1.5],[6,false]])").logit_bias;
  ASSERT_EQ(biases.size(), 2U);
  EXPECT_EQ(biases[0], (chat::LogitBias{5, 1.5F}));
  EXPECT_TRUE(std::isinf(biases[1].bias) && biases[1].bias < 0);
  EXPECT_EQ(sampling(R"(,"logit_bias":{"5":1})").logit_bias.size(), 1U);
}

TEST(LlamacppSampling, SamplersThatAreNotNamedAreOff) {
  const CompletionAsk read =
      ask(R"(,"samplers":["top_k","temperature"],"top_k":5,"min_p":0.3,"temperature":0.4)");
  const chat::Sampling& s = read.call.request.sampling;
  EXPECT_EQ(s.top_k, 5U);
  EXPECT_EQ(s.temperature, 0.4F);
  EXPECT_EQ(s.min_p, 0);
  EXPECT_EQ(s.top_p, 1);
  EXPECT_THAT(read.call.ignored, IsEmpty());
  EXPECT_EQ(sampling(R"(,"samplers":"kt","top_k":5)").top_k, 5U);
  // Another order, and one that is not here, are named.
  EXPECT_THAT(ask(R"(,"samplers":["temperature","top_k"])").call.ignored, ElementsAre("samplers"));
  EXPECT_THAT(ask(R"(,"samplers":["top_k","top_p","infill"])").call.ignored,
              ElementsAre("samplers"));
}

TEST(LlamacppCompletion, NamesWhatHasNoEffect) {
  EXPECT_THAT(
      ask(R"(,"id_slot":0,"cache_prompt":false,"t_max_predict_ms":500,"n_keep":4,)"
          R"("system_prompt":"Be brief")")
          .call.ignored,
      ElementsAre("id_slot", "cache_prompt", "t_max_predict_ms", "n_keep", "system_prompt"));
  EXPECT_THAT(ask(R"(,"lora":[{"id":0,"scale":0},{"id":1,"scale":0.0}])").call.ignored, IsEmpty());
  EXPECT_THAT(ask(R"(,"cache_prompt":true,"lora":[],"min_keep":0,"top_n_sigma":-1,"id_slot":null)")
                  .call.ignored,
              IsEmpty());
}

TEST(LlamacppCompletion, RefusesByName) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"prompt":5})", "prompt"},
      {R"({"prompt":[]})", "prompt"},
      {R"({"prompt":["a",[]]})", "prompt[1]"},
      {R"({"prompt":[1,-2]})", "prompt[1]"},
      {R"({"prompt":{"prompt_string":"a","multimodal_data":["x"]}})", "prompt.multimodal_data"},
      {R"({"n_predict":5})", "prompt"},
      {R"({"prompt":"a","n_predict":-3000000000})", "n_predict"},
      {R"({"prompt":"a","n_predict":5,"max_tokens":"many"})", "max_tokens"},
      {R"({"prompt":"a","n_probs":21})", "n_probs"},
      {R"({"prompt":"a","post_sampling_probs":true})", "post_sampling_probs"},
      {R"({"prompt":"a","lora":[{"id":0,"scale":0},{"id":1,"scale":1}]})", "lora[1].scale"},
      {R"({"prompt":"a","lora":[{"id":0}]})", "lora[0].scale"},
      {R"({"prompt":"a","lora":[{"id":0,"scale":0,"x":1}]})", "lora[0].x"},
      {R"({"prompt":"a","top_n_sigma":1.5})", "top_n_sigma"},
      {R"({"prompt":"a","samplers":["magic"]})", "samplers[0]"},
      {R"({"prompt":"a","samplers":"kz"})", "samplers"},
      {R"({"prompt":"a","logit_bias":[["x",1]]})", "logit_bias[0][0]"},
      {R"({"prompt":"a","logit_bias":[[1,true]]})", "logit_bias[0][1]"},
      {R"({"prompt":"a","grammar":"root ::= \"a\"","json_schema":{}})", "json_schema"},
      {R"({"prompt":"a","messages":[]})", "messages"},
      {R"({"prompt":"a","model":""})", "model"},
  };
  for (const auto& [body, name] : wrong) {
    const auto read = read_completion(body, blank);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, Code::kInvalidArgument) << body;
    EXPECT_EQ(read.error().context, name) << body;
  }
}

TEST(LlamacppInfill, TakesWhatIsAroundTheGap) {
  const auto read =
      read_infill(R"({"input_prefix":"before\n","input_suffix":"after","prompt":"line",)"
                  R"("input_extra":[{"filename":"a.c","text":"int a;"}],"n_predict":4})",
                  blank);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->prompts.all.at(0).at(0).text, "\n\n--- a.c ---\n\nint a;\n\nbefore\nline");
  EXPECT_EQ(read->call.request.suffix, "after");
  const auto missing = read_infill(R"({"input_prefix":"a"})", blank);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("input_suffix"));
}

TEST(LlamacppCompletion, AModelThatCannotBeToldIsAnError) {
  const auto none = [](const std::string&) -> Result<chat::Request> {
    return fail(Code::kNotFound, "there is no model yet");
  };
  const auto read = read_completion(R"({"prompt":"a"})", none);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace hearth::api::llamacpp
