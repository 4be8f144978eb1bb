// Any bytes become a request within its limits, or an error that a client can be shown; and what is
// answered to a completion is JSON. The first byte says which route they are sent to.
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/llamacpp/completion_fields.h"
#include "api/llamacpp/completion_writer.h"
#include "api/llamacpp/embedding_fields.h"
#include "api/llamacpp/text_fields.h"
#include "base/result.h"
#include "base/utf8.h"
#include "json/parse.h"
#include "seeds.h"

namespace {

using namespace hearth;
namespace llamacpp = api::llamacpp;

Result<chat::Request> blank(const std::string& model) {
  chat::Request request;
  request.model = model;
  return request;
}
Result<std::string> name(const std::string& model) {
  return model;
}

template <typename T>
void check_error(const Result<T>& result) {
  if (result) return;
  HEARTH_ASSERT(result.error().code == Code::kInvalidArgument);
  HEARTH_ASSERT(!result.error().message.empty());
}

void check_answer(const llamacpp::CompletionAsk& ask) {
  llamacpp::CompletionTerms terms;
  terms.request = ask.call.request;
  terms.n_predict = ask.n_predict;
  terms.n_probs = ask.n_probs;
  terms.response_fields = ask.response_fields;
  terms.reads_only = ask.reads_only();
  llamacpp::CompletionWriter writer(
      terms, {std::vector<std::string>(ask.prompts.all.size()), ask.prompts.is_list});
  const std::size_t choices = ask.prompts.all.size() * ask.call.choices;
  api::Tally tally(choices, api::Tally::Keep::kText, ask.prompts.all.size());
  for (std::size_t choice = 0; choice < choices; ++choice)
    tally.note({choice, chat::Finished{}});
  HEARTH_ASSERT(json::parse(writer.whole(tally)));
}

void check_ask(const Result<llamacpp::CompletionAsk>& ask) {
  check_error(ask);
  if (!ask) return;
  const chat::Request& request = ask->call.request;
  HEARTH_ASSERT(request.max_tokens >= 1 && !request.raw_prompt);
  HEARTH_ASSERT(request.stop.size() <= chat::kStopsMax);
  HEARTH_ASSERT(request.logprobs.value_or(0) <= chat::kTopLogprobsMax);
  HEARTH_ASSERT(std::isfinite(request.sampling.temperature));
  HEARTH_ASSERT(!ask->prompts.all.empty());
  HEARTH_ASSERT(ask->prompts.all.size() <= llamacpp::kPromptsMax);
  for (const llamacpp::PromptParts& parts : ask->prompts.all) {
    HEARTH_ASSERT(!parts.empty());
    for (const api::RawPrompt& part : parts)
      HEARTH_ASSERT(base::is_utf8(part.text));
  }
  check_answer(*ask);
}

void check_embedding(const Result<llamacpp::EmbedAsk>& ask) {
  check_error(ask);
  if (!ask) return;
  HEARTH_ASSERT(ask->request.inputs() > 0);
  HEARTH_ASSERT(ask->request.texts.empty() != ask->request.token_lists.empty());
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(
      *argc, *argv,
      {R"(0{"prompt":"a","n_predict":5,"stop":["b"],"samplers":["top_k"],"n_probs":2})",
       R"(0{"prompt":["a",[1,"b"]],"n_cmpl":2,"response_fields":["timings/prompt_n"]})",
       R"(0{"prompt":{"prompt_string":"a"},"logit_bias":[[1,false]],"grammar":"root ::= \"a\""})",
       R"(1{"input_prefix":"a","input_suffix":"b","input_extra":[{"text":"c"}],"prompt":"d"})",
       R"(2{"content":"a","with_pieces":true,"add_special":true})", R"(3{"tokens":[1,2]})",
       R"(4{"messages":[{"role":"user","content":"a"}]})",
       R"(5{"content":[[1],[2,3]],"embd_normalize":0,"dimensions":3})"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      check_ask(llamacpp::read_completion(body, blank));
      break;
    case 1:
      check_ask(llamacpp::read_infill(body, blank));
      break;
    case 2:
      check_error(llamacpp::read_tokenize(body, name));
      break;
    case 3:
      check_error(llamacpp::read_detokenize(body, name));
      break;
    case 4:
      check_error(llamacpp::read_apply_template(body, name));
      break;
    default:
      check_embedding(llamacpp::read_embedding(body, name));
  }
  return 0;
}
