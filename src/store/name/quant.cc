#include "store/name/quant.h"

#include <algorithm>
#include <array>

#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kUnslothDynamic = "UD-";
constexpr std::size_t kSuffixesMax = 4;

struct Whole {
  std::string_view written;
  std::string_view is;
};
// The longer one first where one begins another.
constexpr std::array kWholeWords{
    Whole{"MXFP4_MOE", "MXFP4_MOE"},
    Whole{"MXFP4", "MXFP4"},
    Whole{"NVFP4", "NVFP4"},
    Whole{"BF16", "BF16"},
    Whole{"FP16", "F16"},
    Whole{"FP32", "F32"},
    Whole{"F16", "F16"},
    Whole{"F32", "F32"},
};

constexpr std::array<std::string_view, 3> kFamilies{"IQ", "TQ", "Q"};
constexpr std::array<std::string_view, 14> kSuffixes{"K",  "S", "M", "L", "XS", "XXS", "NL",
                                                     "XL", "0", "1", "4", "8",  "R4",  "R8"};

// The order of quant_rank; docs/model-names.md shows it.
constexpr std::array<std::string_view, 44> kOrder{
    "Q4_K_M", "UD-Q4_K_XL", "MXFP4",      "MXFP4_MOE",  "NVFP4",  "Q4_K_L", "Q4_K_S", "Q4_K",
    "IQ4_NL", "IQ4_XS",     "Q4_0",       "Q4_1",       "Q4",     "Q5_K_M", "Q5_K_L", "UD-Q5_K_XL",
    "Q5_K_S", "Q5_K",       "Q5_0",       "Q5_1",       "Q5",     "Q6_K",   "Q6_K_L", "UD-Q6_K_XL",
    "Q6",     "Q8_0",       "Q8_K_XL",    "UD-Q8_K_XL", "Q8",     "F16",    "BF16",   "F32",
    "Q3_K_L", "Q3_K_M",     "UD-Q3_K_XL", "IQ3_M",      "Q3_K_S", "Q3_K",   "IQ3_XS", "IQ3_XXS",
    "Q2_K_L", "Q2_K",       "UD-Q2_K_XL", "IQ2_M"};

struct Found {
  std::size_t bytes = 0;  // of the text, from where it was looked for
  std::string quant;      // empty: nothing stands there
};

// "_K_M" and so on: as many known suffixes as follow.
std::size_t suffix_bytes(std::string_view text) {
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < kSuffixesMax && bytes < text.size(); ++count) {
    if (text[bytes] != '_') break;
    const std::string_view word =
        text.substr(bytes + 1, text.find_first_of("_-. ", bytes + 1) - (bytes + 1));
    if (std::find(kSuffixes.begin(), kSuffixes.end(), word) == kSuffixes.end()) break;
    bytes += 1 + word.size();
  }
  return bytes;
}

Found plain_quant_at(std::string_view text) {
  for (const Whole& word : kWholeWords) {
    if (text.starts_with(word.written)) return {word.written.size(), std::string(word.is)};
  }
  for (const std::string_view family : kFamilies) {
    if (!text.starts_with(family) || text.size() == family.size()) continue;
    const char bits = text[family.size()];
    if (bits < '1' || bits > '8') return {};
    const std::size_t head = family.size() + 1;
    const std::size_t bytes = head + suffix_bytes(text.substr(head));
    return {bytes, std::string(text.substr(0, bytes))};
  }
  return {};
}

// What begins here. REQUIRES: upper case.
Found quant_at(std::string_view text) {
  if (!text.starts_with(kUnslothDynamic)) return plain_quant_at(text);
  const Found rest = plain_quant_at(text.substr(kUnslothDynamic.size()));
  if (rest.quant.empty()) return {};
  return {rest.bytes + kUnslothDynamic.size(), std::string(kUnslothDynamic) + rest.quant};
}

// The last one that stands alone in a text. REQUIRES: upper case.
std::string last_quant(std::string_view text) {
  std::string last;
  for (std::size_t at = 0; at < text.size();) {
    const Found found = quant_at(text.substr(at));
    const std::size_t end = at + found.bytes;
    if (!found.quant.empty() && (end == text.size() || !is_letter_or_digit(text[end]))) {
      last = found.quant;
      at = end;
    }
    while (at < text.size() && is_letter_or_digit(text[at]))
      ++at;
    ++at;
  }
  return last;
}

}  // namespace

std::optional<std::string> parse_quant(std::string_view word) {
  if (word.size() > kWordBytesMax) return std::nullopt;
  const std::string upper = upper_case(word);
  Found found = quant_at(upper);
  if (found.quant.empty() || found.bytes != upper.size()) return std::nullopt;
  return std::move(found.quant);
}

std::string quant_of_file(std::string_view path) {
  const std::string upper = upper_case(path);
  std::string_view rest = upper;
  if (ends_in_gguf(rest)) rest.remove_suffix(std::string_view(".gguf").size());
  while (true) {
    const std::size_t slash = rest.rfind('/');
    const std::string_view part = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
    std::string quant = last_quant(part);
    if (!quant.empty() || slash == std::string_view::npos) return quant;
    rest = rest.substr(0, slash);
  }
}

std::optional<std::size_t> quant_rank(std::string_view quant) {
  const auto place = std::find(kOrder.begin(), kOrder.end(), quant);
  if (place == kOrder.end()) return std::nullopt;
  return static_cast<std::size_t>(place - kOrder.begin());
}

}  // namespace hearth::store
