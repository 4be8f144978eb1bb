#include "dialogue/model_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace hearth::dialogue {

namespace {

constexpr std::string_view kChatml = R"({% for message in messages %}
<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}
{% if add_generation_prompt %}
<|im_start|>assistant
{% endif %})";

constexpr std::string_view kLlama2 = R"({% if system %}
[INST] <<SYS>>
{{ system }}
<</SYS>>

{% endif %}
{% for message in turns %}
{% if message.role == 'assistant' %}
{{ ' ' ~ message.content }} </s><s>{% else %}
{{ '' if loop.first and system else '[INST] ' }}{{ message.content }} [/INST]{% endif %}
{% endfor %})";

constexpr std::string_view kLlama3 = R"({% for message in messages %}
<|start_header_id|>{{ message.role }}<|end_header_id|>

{{ message.content }}<|eot_id|>{% endfor %}
{% if add_generation_prompt %}
<|start_header_id|>assistant<|end_header_id|>

{% endif %})";

constexpr std::string_view kMistral = R"({% if system %}
[INST] {{ system }}

{% endif %}
{% for message in turns %}
{% if message.role == 'assistant' %}
{{ ' ' ~ message.content }}</s>{% else %}
{{ '' if loop.first and system else '[INST] ' }}{{ message.content }} [/INST]{% endif %}
{% endfor %})";

constexpr std::string_view kGemma = R"({% if system %}
<start_of_turn>user
{{ system }}

{% endif %}
{% for message in turns %}
{% if message.role == 'assistant' %}
<start_of_turn>model
{% elif not (loop.first and system) %}
<start_of_turn>user
{% endif %}
{{ message.content }}<end_of_turn>
{% endfor %}
{% if add_generation_prompt %}
<start_of_turn>model
{% endif %})";

constexpr std::string_view kPhi3 = R"({% for message in messages %}
<|{{ message.role }}|>
{{ message.content }}<|end|>
{% endfor %}
{% if add_generation_prompt %}
<|assistant|>
{% endif %})";

constexpr std::string_view kZephyr = R"({% for message in messages %}
<|{{ message.role }}|>
{{ message.content }}</s>
{% endfor %}
{% if add_generation_prompt %}
<|assistant|>
{% endif %})";

constexpr std::string_view kVicuna = R"({% if system %}
{{ system }}

{% endif %}
{% for message in turns %}
{% if message.role == 'assistant' %}
ASSISTANT: {{ message.content }}</s>
{% else %}
USER: {{ message.content }}
{% endif %}
{% endfor %}
{% if add_generation_prompt %}
ASSISTANT:{% endif %})";

constexpr std::string_view kAlpaca = R"({% if system %}
{{ system }}

{% endif %}
{% for message in turns %}
### {{ 'Response' if message.role == 'assistant' else 'Instruction' }}:
{{ message.content }}

{% endfor %}
{% if add_generation_prompt %}
### Response:
{% endif %})";

constexpr std::string_view kDeepseek = R"({{ system }}{% for message in turns %}
{% if message.role == 'assistant' %}
<｜Assistant｜>{{ message.content }}<｜end▁of▁sentence｜>{% else %}
<｜User｜>{{ message.content }}{% endif %}
{% endfor %}
{% if add_generation_prompt %}
<｜Assistant｜>{% endif %})";

constexpr std::string_view kPlain = R"({% if system %}
{{ system }}

{% endif %}
{% for message in turns %}
{{ 'Assistant' if message.role == 'assistant' else 'User' }}: {{ message.content }}
{% endfor %}
{% if add_generation_prompt %}
Assistant:{% endif %})";

const std::array<ModelType, 11>& table() {
  static const std::array<ModelType, 11> types = {{
      {"chatml", kChatml, "<|im_start|>assistant", {"<|im_end|>", "<|im_start|>", "<|endoftext|>"}},
      {"llama2", kLlama2, "[/INST]", {"</s>", "[INST]", "<s>"}},
      {"llama3",
       kLlama3,
       "<|start_header_id|>assistant<|end_header_id|>",
       {"<|eot_id|>", "<|start_header_id|>", "<|eom_id|>", "<|end_of_text|>", "<|begin_of_text|>"}},
      {"mistral", kMistral, "[/INST]", {"</s>", "[INST]", "<s>"}, "[THINK]", "[/THINK]"},
      {"gemma", kGemma, "<start_of_turn>model", {"<end_of_turn>", "<start_of_turn>", "<eos>"}},
      {"phi3", kPhi3, "<|assistant|>", {"<|end|>", "<|user|>", "<|system|>", "<|endoftext|>"}},
      {"zephyr", kZephyr, "<|assistant|>", {"</s>", "<|user|>", "<|system|>"}},
      {"vicuna", kVicuna, "ASSISTANT:", {"</s>", "\nUSER:"}},
      {"alpaca", kAlpaca, "### Response:", {"\n### Instruction:", "\n### Response:", "</s>"}},
      {"deepseek",
       kDeepseek,
       "<｜Assistant｜>",
       {"<｜end▁of▁sentence｜>", "<｜User｜>", "<｜begin▁of▁sentence｜>"}},
      {"plain", kPlain, "Assistant:", {"\nUser:", "\nAssistant:"}},
  }};
  return types;
}

struct Family {
  std::string_view word;  // in the name of a model
  std::string_view type;
};

// The first that fits counts: what a model was trained to write comes before what it was made of.
// A word that is missing or has no type is one whose models differ, like the architecture "llama".
constexpr Family kFamilies[] = {
    {"deepseek", "deepseek"}, {"hermes", "chatml"},     {"openhermes", "chatml"},
    {"dolphin", "chatml"},    {"zephyr", "zephyr"},     {"tinyllama", "zephyr"},
    {"vicuna", "vicuna"},     {"wizardlm", "vicuna"},   {"alpaca", "alpaca"},
    {"qwen", "chatml"},       {"qwq", "chatml"},        {"smollm", "chatml"},
    {"internlm2", "chatml"},  {"yi", "chatml"},         {"chatml", "chatml"},
    {"codellama", "llama2"},  {"llama-3", "llama3"},    {"llama3", "llama3"},
    {"llama-2", "llama2"},    {"llama2", "llama2"},     {"mistral", "mistral"},
    {"mixtral", "mistral"},   {"ministral", "mistral"}, {"codestral", "mistral"},
    {"gemma-4", ""},          {"gemma4", ""},           {"gemma", "gemma"},
    {"phi-3", "phi3"},        {"phi3", "phi3"},
};

bool is_digit(char byte) {
  return std::isdigit(static_cast<unsigned char>(byte)) != 0;
}
bool is_letter(char byte) {
  return std::isalpha(static_cast<unsigned char>(byte)) != 0;
}

// "Meta-Llama_3 8B" -> "meta-llama-3-8b"
std::string plain_name(std::string_view model) {
  std::string plain(model);
  for (char& byte : plain) {
    byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    if (byte == '_' || byte == ' ' || byte == ':' || byte == '/') byte = '-';
  }
  return plain;
}

// At the beginning of a word, and with the whole of its number: no "llama-3" in "llama-30b".
bool names(std::string_view model, std::string_view word) {
  for (auto at = model.find(word); at != model.npos; at = model.find(word, at + 1)) {
    const auto rest = model.substr(at + word.size());
    const bool begins = at == 0 || !is_letter(model[at - 1]);
    const bool ends =
        rest.empty() || !(is_digit(word.back()) ? is_digit(rest[0]) : is_letter(rest[0]));
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

std::span<const ModelType> model_types() {
  return table();
}

const ModelType* find_model_type(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(),
                                  [&](const ModelType& type) { return type.name == name; });
  return found == table().end() ? nullptr : &*found;
}

const ModelType* guess_model_type(std::string_view model) {
  const auto name = plain_name(model);
  const auto found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                  [&](const Family& family) { return names(name, family.word); });
  return found == std::end(kFamilies) ? nullptr : find_model_type(found->type);
}

}  // namespace hearth::dialogue
