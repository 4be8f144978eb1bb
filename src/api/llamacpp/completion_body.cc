#include "api/llamacpp/completion_body.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "api/core/own_body.h"
#include "api/openai/logprobs_body.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::api::llamacpp {

namespace {

using chat::Constraint;

constexpr std::string_view kSamplers[] = {"penalties", "dry",   "top_k", "typ_p",
                                          "top_p",     "min_p", "xtc",   "temperature"};
constexpr double kMillisecond = 1000;

double rate(double count, double ms) {
  return ms > 0 ? count * kMillisecond / ms : 0;
}
double share(double ms, double count) {
  return count > 0 ? ms / count : 0;
}

void write_texts(json::Writer& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).open('[');
  for (const std::string& text : texts)
    json.text(text);
  json.close(']');
}

void write_predicted(json::Writer& json, std::uint32_t tokens, double ms) {
  json.key("predicted_n").number(tokens).key("predicted_ms").number(ms);
  json.key("predicted_per_token_ms").number(share(ms, tokens));
  json.key("predicted_per_second").number(rate(tokens, ms));
}

void write_timings(json::Writer& json, const chat::Usage& usage) {
  const std::uint32_t computed =
      usage.prompt_tokens - std::min(usage.prompt_tokens, usage.cached_tokens);
  json.key("timings").open('{').key("cache_n").number(usage.cached_tokens);
  json.key("prompt_n").number(computed).key("prompt_ms").number(usage.prefill_ms);
  json.key("prompt_per_token_ms").number(share(usage.prefill_ms, computed));
  json.key("prompt_per_second").number(rate(computed, usage.prefill_ms));
  write_predicted(json, usage.completion_tokens, usage.decode_ms);
  json.close('}');
}

void write_chance(json::Writer& json, const chat::TokenChance& chance) {
  json.key("id").number(chance.token);
  openai::write_chance(json, chance);
}

void write_probabilities(json::Writer& json, const std::vector<chat::TokenLogprob>& tokens,
                         std::size_t count) {
  json.key("completion_probabilities").open('[');
  for (const chat::TokenLogprob& token : tokens) {
    json.open('{');
    write_chance(json, token.chosen);
    json.key("top_logprobs").open('[');
    for (std::size_t i = 0; i < std::min(count, token.alternatives.size()); ++i) {
      json.open('{');
      write_chance(json, token.alternatives[i]);
      json.close('}');
    }
    json.close(']').close('}');
  }
  json.close(']');
}

void write_tokens(json::Writer& json, const CompletionTerms& terms,
                  const std::vector<chat::TokenLogprob>& tokens) {
  json.key("tokens").open('[');
  for (const chat::TokenLogprob& token : tokens) {
    if (terms.return_tokens) json.number(token.chosen.token);
  }
  json.close(']');
}

void write_penalties(json::Writer& json, const chat::Sampling& s) {
  json.key("repeat_last_n").number(s.repeat_last_n);
  json.key("repeat_penalty").number(double{s.repeat_penalty});
  json.key("presence_penalty").number(double{s.presence_penalty});
  json.key("frequency_penalty").number(double{s.frequency_penalty});
  json.key("dry_multiplier").number(double{s.dry_multiplier});
  json.key("dry_base").number(double{s.dry_base});
  json.key("dry_allowed_length").number(s.dry_allowed_length);
  json.key("dry_penalty_last_n").number(s.dry_penalty_last_n);
  write_texts(json, "dry_sequence_breakers", s.dry_sequence_breakers);
}

void write_biases(json::Writer& json, const std::vector<chat::LogitBias>& biases) {
  json.key("logit_bias").open('[');
  for (const chat::LogitBias& bias : biases) {
    json.open('{').key("token").number(bias.token).key("bias").number(double{bias.bias});
    json.close('}');
  }
  json.close(']');
}

void write_sampling(json::Writer& json, const chat::Sampling& s) {
  json.key("temperature").number(double{s.temperature});
  json.key("dynatemp_range").number(0).key("dynatemp_exponent").number(1);
  json.key("top_k").number(s.top_k).key("top_p").number(double{s.top_p});
  json.key("min_p").number(double{s.min_p}).key("top_n_sigma").number(-1);
  json.key("xtc_probability").number(double{s.xtc_probability});
  json.key("xtc_threshold").number(double{s.xtc_threshold});
  json.key("typical_p").number(double{s.typical_p});
  write_penalties(json, s);
  json.key("mirostat").number(static_cast<std::uint32_t>(s.mirostat));
  json.key("mirostat_tau").number(double{s.mirostat_tau});
  json.key("mirostat_eta").number(double{s.mirostat_eta});
  json.key("ignore_eos").boolean(s.ignore_eos);
  write_biases(json, s.logit_bias);
  json.key("min_keep").number(0).key("samplers").open('[');
  for (const std::string_view name : kSamplers)
    json.text(name);
  json.close(']');
}

std::string_view stop_type(const Choice& choice) {
  if (choice.reason == chat::Finished::Reason::kLength) return "limit";
  return choice.stop_sequence.empty() ? "eos" : "word";
}

// The context was too small: for the prompt, or for as much of an answer as was asked for.
bool is_truncated(const CompletionTerms& terms, const Choice& choice) {
  if (choice.started.dropped_tokens > 0 || choice.usage.shifted_tokens > 0) return true;
  return choice.reason == chat::Finished::Reason::kLength &&
         choice.usage.completion_tokens < terms.request.max_tokens;
}

// Nothing where the path leads nowhere.
std::optional<json::Node> find_at(const json::Node& root, std::string_view path) {
  std::optional<json::Node> at = root;
  while (at && !path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    at = at->is_object() ? at->find(path.substr(0, slash)) : std::nullopt;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return at;
}

std::string only(const std::vector<std::string>& paths, std::string body) {
  if (paths.empty()) return body;
  const auto document = json::parse(body);
  if (!document) return body;  // what we wrote can be read
  const json::Node root(*document);
  json::Writer json;
  json.open('{');
  for (const std::string& path : paths) {
    if (const auto value = find_at(root, path)) json.key(path).verbatim(value->json());
  }
  return json.close('}').take();
}

}  // namespace

void write_settings(json::Writer& json, const CompletionTerms& terms, std::uint64_t seed) {
  const chat::Request& request = terms.request;
  json.open('{');
  json.key("n_predict").number(terms.n_predict).key("max_tokens").number(terms.n_predict);
  json.key("seed").number(seed);
  write_sampling(json, request.sampling);
  write_texts(json, "stop", request.stop);
  json.key("stream").boolean(terms.stream).key("n_probs").number(terms.n_probs);
  const bool is_grammar = request.constraint.kind == Constraint::Kind::kGrammar;
  json.key("grammar").text(is_grammar ? request.constraint.text : std::string());
  if (request.constraint.kind == Constraint::Kind::kSchema)
    json.key("json_schema").verbatim(request.constraint.text);
  json.key("timings_per_token").boolean(terms.timings_per_token);
  json.key("post_sampling_probs").boolean(false).key("lora").open('[').close(']');
  json.close('}');
}

std::string piece_body(const CompletionTerms& terms, const Piece& piece) {
  json::Writer json;
  json.open('{').key("index").number(std::uint64_t{piece.index});
  json.key("content").text(piece.delta.text);
  write_tokens(json, terms, piece.delta.logprobs);
  json.key("stop").boolean(false).key("id_slot").number(-1);
  json.key("tokens_predicted").number(piece.predicted);
  json.key("tokens_evaluated").number(piece.evaluated);
  if (terms.timings_per_token) {
    json.key("timings").open('{');
    write_predicted(json, piece.predicted, piece.predicted_ms);
    json.close('}');
  }
  if (terms.n_probs > 0) write_probabilities(json, piece.delta.logprobs, terms.n_probs);
  return json.close('}').take();
}

std::string end_body(const CompletionTerms& terms, const End& end) {
  static const std::vector<chat::TokenLogprob> kNone;
  const Choice& choice = end.choice;
  const chat::Usage& usage = choice.usage;
  const bool is_told = choice.logprobs && !terms.reads_only;
  const auto& tokens = is_told ? *choice.logprobs : kNone;
  json::Writer json;
  json.open('{').key("index").number(std::uint64_t{end.index});
  json.key("content").text(terms.reads_only ? std::string() : choice.text);
  write_tokens(json, terms, tokens);
  json.key("id_slot").number(-1).key("stop").boolean(true).key("model").text(terms.model);
  json.key("tokens_predicted").number(terms.reads_only ? 0 : usage.completion_tokens);
  json.key("tokens_evaluated").number(usage.prompt_tokens);
  json.key("generation_settings");
  write_settings(json, terms, choice.started.seed);
  json.key("prompt").text(end.prompt).key("has_new_line").boolean(end.has_new_line);
  json.key("truncated").boolean(is_truncated(terms, choice));
  json.key("stop_type").text(terms.reads_only ? "limit" : stop_type(choice));
  json.key("stopping_word").text(choice.stop_sequence);
  json.key("tokens_cached").number(usage.prompt_tokens + usage.completion_tokens);
  write_timings(json, usage);
  if (terms.n_probs > 0) write_probabilities(json, tokens, terms.n_probs);
  json.key("hearth");
  write_own(json, end.summary);
  return only(terms.response_fields, json.close('}').take());
}

}  // namespace hearth::api::llamacpp
