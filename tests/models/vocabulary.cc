#include "vocabulary.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "gguf/file.h"

namespace hearth::models {

namespace {

constexpr std::string_view kChatMl =
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

// What the small vocabularies learn their pieces from.
constexpr std::string_view kText =
    "the hearth is the place in the house where the fire is kept and where the people of the "
    "house come together in the evening to tell what they have seen and to hear what the others "
    "have done and when the fire burns low someone brings wood and the room is warm again and "
    "there is light enough to read and to write by and then they sit and ask and answer in turn "
    "and remember the things that were said here before and that is all there is to it";

constexpr std::size_t kMerges = 125;
constexpr std::int32_t kNormalToken = 1;
constexpr std::int32_t kControlToken = 3;

std::string utf8_of(std::uint32_t code_point) {
  if (code_point < 0x80) return std::string(1, static_cast<char>(code_point));
  return {static_cast<char>(0xC0 | code_point >> 6), static_cast<char>(0x80 | (code_point & 63))};
}

// Byte-level BPE writes each byte as a visible character: itself where it is one, else the next
// free one from U+0100 on.
std::vector<std::string> byte_tokens() {
  std::vector<std::string> tokens;
  std::uint32_t next_free = 0x100;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    const bool visible = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xFF);
    tokens.push_back(utf8_of(visible && byte != 0xAD ? byte : next_free++));
  }
  return tokens;
}

std::vector<std::string> words_of_text() {
  std::vector<std::string> words(1);
  for (const char character : kText) {
    if (character == ' ') {
      words.emplace_back();
    } else {
      words.back() += character;
    }
  }
  return words;
}

using Pieces = std::vector<std::string>;
using Pair = std::pair<std::string, std::string>;

void merge_pair(Pieces& word, const Pair& pair) {
  for (std::size_t i = 0; i + 1 < word.size(); ++i) {
    if (word[i] != pair.first || word[i + 1] != pair.second) continue;
    word[i] += word[i + 1];
    word.erase(word.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

// The textbook: merge the most frequent pair, again and again.
std::vector<Pair> learn_merges(const std::string& space) {
  std::vector<Pieces> words;
  for (const std::string& word : words_of_text()) {
    Pieces pieces = {space};
    for (const char character : word)
      pieces.emplace_back(1, character);
    words.push_back(std::move(pieces));
  }
  std::vector<Pair> merges;
  std::set<std::string> made;
  while (merges.size() < kMerges) {
    std::map<Pair, int> counts;
    for (const Pieces& word : words) {
      for (std::size_t i = 0; i + 1 < word.size(); ++i)
        ++counts[{word[i], word[i + 1]}];
    }
    auto best = counts.end();
    for (auto at = counts.begin(); at != counts.end(); ++at) {
      const bool is_new = !made.contains(at->first.first + at->first.second);
      if (is_new && (best == counts.end() || at->second > best->second)) best = at;
    }
    if (best == counts.end()) break;
    made.insert(best->first.first + best->first.second);
    merges.push_back(best->first);
    for (Pieces& word : words)
      merge_pair(word, merges.back());
  }
  return merges;
}

std::uint32_t add_tokens(HeaderWriter& header, const std::vector<std::string>& tokens,
                         const std::set<std::string>& controls) {
  std::vector<std::int32_t> types;
  for (const std::string& token : tokens) {
    types.push_back(controls.contains(token) ? kControlToken : kNormalToken);
  }
  header.add_texts("tokenizer.ggml.tokens", tokens);
  header.add_i32s("tokenizer.ggml.token_type", types);
  return static_cast<std::uint32_t>(tokens.size());
}

std::uint32_t add_byte_pairs(HeaderWriter& header) {
  std::vector<std::string> tokens = byte_tokens();
  std::vector<std::string> merges;
  for (const auto& [left, right] : learn_merges(tokens[' '])) {
    merges.push_back(left + " " + right);
    tokens.push_back(left + right);
  }
  const auto first_special = static_cast<std::uint32_t>(tokens.size());
  const std::vector<std::string> specials = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
  tokens.insert(tokens.end(), specials.begin(), specials.end());
  header.add_text("tokenizer.ggml.model", "gpt2");
  header.add_text("tokenizer.ggml.pre", "qwen2");
  const std::uint32_t count =
      add_tokens(header, tokens, std::set(specials.begin(), specials.end()));
  header.add_texts("tokenizer.ggml.merges", merges);
  header.add_u32("tokenizer.ggml.bos_token_id", first_special);
  header.add_u32("tokenizer.ggml.padding_token_id", first_special);
  header.add_u32("tokenizer.ggml.eos_token_id", first_special + 2);
  header.add_bool("tokenizer.ggml.add_bos_token", false);
  header.add_text("tokenizer.chat_template", kChatMl);
  return count;
}

// llama.cpp marks the beginning of a word by U+2581, and a continuation by nothing.
std::uint32_t add_word_pieces(HeaderWriter& header) {
  const std::string kWordStart = "\xE2\x96\x81";
  const std::vector<std::string> specials = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  std::vector<std::string> tokens = specials;
  for (char character = '!'; character <= '~'; ++character) {
    if (character >= 'A' && character <= 'Z') continue;  // text is lowered before
    tokens.push_back(kWordStart + character);
    tokens.push_back(std::string(1, character));
  }
  std::set<std::string> known;
  for (const std::string& word : words_of_text()) {
    if (word.size() > 1 && known.insert(word).second) tokens.push_back(kWordStart + word);
  }
  header.add_text("tokenizer.ggml.model", "bert");
  const std::uint32_t count =
      add_tokens(header, tokens, std::set(specials.begin(), specials.end()));
  header.add_u32("tokenizer.ggml.padding_token_id", 0);
  header.add_u32("tokenizer.ggml.unknown_token_id", 1);
  // llama.cpp takes the token that begins a text from bos, not from cls.
  header.add_u32("tokenizer.ggml.bos_token_id", 2);
  header.add_u32("tokenizer.ggml.cls_token_id", 2);
  header.add_u32("tokenizer.ggml.seperator_token_id", 3);
  header.add_u32("tokenizer.ggml.mask_token_id", 4);
  header.add_u32("tokenizer.ggml.token_type_count", 2);
  return count;
}

}  // namespace

Result<std::uint32_t> add_vocabulary_of_file(HeaderWriter& header, const std::string& path,
                                             Family family, const std::string& chat_template) {
  constexpr std::string_view kTemplate = "tokenizer.chat_template";
  const gguf::File file = HEARTH_TRY(gguf::File::load(path));
  const gguf::Value* tokens = file.find("tokenizer.ggml.tokens");
  if (tokens == nullptr || tokens->as_array() == nullptr || tokens->as_array()->size() == 0) {
    return fail(Code::kInvalidArgument, fmt::format("'{}' holds no vocabulary", path), path);
  }
  for (const auto& [key, value] : file.metadata()) {
    const bool is_replaced = key == kTemplate && !chat_template.empty();
    if (key.starts_with("tokenizer.") && !is_replaced) header.add_value(key, value);
  }
  if (!chat_template.empty()) {
    header.add_text(kTemplate, chat_template);
  } else if (!is_encoder(family) && file.find(kTemplate) == nullptr) {
    header.add_text(kTemplate, kChatMl);
  }
  if (is_encoder(family) && file.find("tokenizer.ggml.token_type_count") == nullptr) {
    header.add_u32("tokenizer.ggml.token_type_count", 2);
  }
  return static_cast<std::uint32_t>(tokens->as_array()->size());
}

std::uint32_t add_small_vocabulary(HeaderWriter& header, Family family) {
  return is_encoder(family) ? add_word_pieces(header) : add_byte_pairs(header);
}

}  // namespace hearth::models
