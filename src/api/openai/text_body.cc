#include "api/openai/text_body.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/core/own_body.h"
#include "api/openai/logprobs_body.h"
#include "base/utf8.h"

namespace hearth::api::openai {

namespace {

constexpr std::string_view kObject = "text_completion";

std::uint64_t characters_of(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

double logprob_of(const chat::TokenChance& chance) {
  return std::max(kLogprobLeast, static_cast<double>(chance.logprob));
}

// Two tokens may be told alike, as objects cannot have it: the likelier one stays.
void write_alternatives(json::Writer& json, const chat::TokenLogprob& one) {
  std::vector<std::string> told;
  json.open('{');
  const auto write = [&](const chat::TokenChance& chance) {
    std::string text = token_text(chance.bytes);
    if (std::find(told.begin(), told.end(), text) != told.end()) return;
    json.key(text).number(logprob_of(chance));
    told.push_back(std::move(text));
  };
  for (const chat::TokenChance& chance : one.alternatives)
    write(chance);
  write(one.chosen);
  json.close('}');
}

void write_choice(json::Writer& json, std::size_t index, const TextChoice& told) {
  const Choice& choice = *told.choice;
  json.open('{').key("text").text(std::string(told.echo) + choice.text);
  json.key("index").number(std::uint64_t{index}).key("logprobs");
  if (told.logprobs && choice.logprobs) {
    TextLogprobs(*told.logprobs).write(json, *choice.logprobs);
  } else {
    json.null();
  }
  json.key("finish_reason").text(finish_reason(choice.reason)).close('}');
}

}  // namespace

std::string token_text(std::string_view bytes) {
  if (base::is_utf8(bytes)) return std::string(bytes);
  std::string text = "bytes:";
  for (const char byte : bytes)
    text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  return text;
}

void TextLogprobs::write(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs) {
  json.open('{').key("tokens").open('[');
  for (const chat::TokenLogprob& one : logprobs)
    json.text(token_text(one.chosen.bytes));
  json.close(']').key("token_logprobs").open('[');
  for (const chat::TokenLogprob& one : logprobs)
    json.number(logprob_of(one.chosen));
  json.close(']').key("top_logprobs");
  if (alternatives_ == Alternatives::kTold) {
    json.open('[');
    for (const chat::TokenLogprob& one : logprobs)
      write_alternatives(json, one);
    json.close(']');
  } else {
    json.null();
  }
  json.key("text_offset").open('[');
  for (const chat::TokenLogprob& one : logprobs) {
    json.number(offset_);
    offset_ += characters_of(one.chosen.bytes);
  }
  json.close(']').close('}');
}

std::string whole_text_completion(const CompletionName& name,
                                  const std::vector<TextChoice>& choices, const Summary& summary) {
  json::Writer json;
  json.open('{');
  write_name(json, name, kObject);
  json.key("choices").open('[');
  for (std::size_t i = 0; i < choices.size(); ++i)
    write_choice(json, i, choices[i]);
  json.close(']').key("usage");
  write_usage(json, summary.usage);
  json.key("hearth");
  write_own(json, summary);
  json.close('}');
  return json.take();
}

TextChunks::TextChunks(const CompletionName& name, ChunkWriter::UsageField usage) : usage_(usage) {
  json::Writer json;
  json.open('{');
  write_name(json, name, kObject);
  prefix_ = "data: " + json.take();
}

std::string TextChunks::chunk(std::size_t choice, std::string_view text, std::string_view logprobs,
                              std::string_view reason, std::string_view more) const {
  std::string out = prefix_ + R"(,"choices":[{"text":)";
  json::append_quoted(out, text);
  out +=
      fmt::format(R"(,"index":{},"logprobs":{},"finish_reason":{}}}])", choice, logprobs, reason);
  if (with_usage()) out += R"(,"usage":null)";
  out += more;
  return out + "}\n\n";
}

std::string TextChunks::usage(const chat::Usage& usage) const {
  json::Writer json;
  write_usage(json, usage);
  return prefix_ + R"(,"choices":[],"usage":)" + json.str() + "}\n\n";
}

}  // namespace hearth::api::openai
