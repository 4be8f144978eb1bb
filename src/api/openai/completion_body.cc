#include "api/openai/completion_body.h"

#include "api/core/errors.h"
#include "json/writer.h"

namespace hearth::api::openai {

namespace {

constexpr std::string_view kFingerprint = "hearth-" HEARTH_VERSION;

void write_usage(json::Writer& json, const chat::Usage& usage) {
  json.open('{').key("prompt_tokens").number(usage.prompt_tokens);
  json.key("completion_tokens").number(usage.completion_tokens);
  json.key("total_tokens")
      .number(std::uint64_t{usage.prompt_tokens} + std::uint64_t{usage.completion_tokens});
  json.key("prompt_tokens_details").open('{');
  json.key("cached_tokens").number(usage.cached_tokens).close('}');
  json.key("completion_tokens_details").open('{');
  json.key("reasoning_tokens").number(0).close('}').close('}');
}

void write_own(json::Writer& json, const chat::Usage& usage, std::uint64_t seed) {
  json.open('{').key("seed").number(seed);
  json.key("queue_ms").number(usage.queue_ms).key("prefill_ms").number(usage.prefill_ms);
  json.key("decode_ms").number(usage.decode_ms).close('}');
}

void write_name(json::Writer& json, const CompletionName& name, std::string_view object) {
  json.key("id").text(name.id).key("object").text(object);
  json.key("created").number(name.created_s).key("model").text(name.model);
  json.key("system_fingerprint").text(kFingerprint);
}

std::string event_of(std::string_view prefix, std::string_view rest) {
  std::string out = "data: ";
  out += prefix;
  out += rest;
  out += "}\n\n";
  return out;
}

}  // namespace

std::string_view finish_reason(chat::Finished::Reason reason) {
  return reason == chat::Finished::Reason::kLength ? "length" : "stop";
}

std::string whole_completion(const CompletionName& name, std::string_view text,
                             chat::Finished::Reason reason, const chat::Usage& usage,
                             std::uint64_t seed) {
  json::Writer json;
  json.open('{');
  write_name(json, name, "chat.completion");
  json.key("choices").open('[').open('{').key("index").number(0);
  json.key("message").open('{').key("role").text("assistant").key("content").text(text);
  json.key("refusal").null().key("annotations").open('[').close(']').close('}');
  json.key("logprobs").null().key("finish_reason").text(finish_reason(reason));
  json.close('}').close(']').key("usage");
  write_usage(json, usage);
  json.key("hearth");
  write_own(json, usage, seed);
  json.close('}');
  return json.take();
}

ChunkWriter::ChunkWriter(const CompletionName& name, UsageField usage) : usage_(usage) {
  json::Writer json;
  json.open('{');
  write_name(json, name, "chat.completion.chunk");
  prefix_ = json.take();
}

// `reason` is JSON: null or a quoted word.
std::string ChunkWriter::chunk(std::string_view delta, std::string_view reason,
                               std::string_view more) const {
  std::string rest = R"(,"choices":[{"index":0,"delta":)";
  rest += delta;
  rest += R"(,"logprobs":null,"finish_reason":)";
  rest += reason;
  rest += "}]";
  if (usage_ == UsageField::kPresent) rest += R"(,"usage":null)";
  rest += more;
  return event_of(prefix_, rest);
}

std::string ChunkWriter::role() const {
  return chunk(R"({"role":"assistant","content":"","refusal":null})", "null");
}

std::string ChunkWriter::text(std::string_view delta) const {
  std::string object = R"({"content":)";
  json::append_quoted(object, delta);
  object += '}';
  return chunk(object, "null");
}

std::string ChunkWriter::finish(chat::Finished::Reason reason, const chat::Usage& usage,
                                std::uint64_t seed) const {
  std::string word;
  json::append_quoted(word, finish_reason(reason));
  json::Writer own;
  write_own(own, usage, seed);
  return chunk("{}", word, R"(,"hearth":)" + own.take());
}

std::string ChunkWriter::usage(const chat::Usage& usage) const {
  json::Writer json;
  write_usage(json, usage);
  return event_of(prefix_, R"(,"choices":[],"usage":)" + json.str());
}

std::string ChunkWriter::error(const Error& error) {
  return "data: " + error_body(error, error.code == Code::kNotFound ? kModelField : "") + "\n\n";
}

}  // namespace hearth::api::openai
