// How long it takes to find which tokens may come next: for the vocabulary of a GGUF file with a
// byte-level tokenizer, in a few places of a few grammars, cold and warm. Times are those of this
// thread on its CPU, so that what else runs on the machine changes them little.
//
//   bench-masks [--vocabulary FILE] [--rounds N]      writes one JSON object to stdout
#include "constraint/masks.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <time.h>

#include "gguf/file.h"

namespace hearth {
namespace {

using namespace constraint;
constexpr int kDefaultRounds = 200;
constexpr int kColdRounds = 15;
constexpr std::int64_t kControlType = 3;

double now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[numbers.size() / 2];
}

// GPT-2's printable stand-ins: bytes that are printable stand for themselves, all others for the
// code points from U+0100 on.
std::map<char32_t, char> byte_of_stand_in() {
  std::map<char32_t, char> bytes;
  char32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool plain = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte != 0xAD);
    bytes[plain ? static_cast<char32_t>(byte) : next++] = static_cast<char>(byte);
  }
  return bytes;
}

std::string bytes_of(std::string_view stand_ins, const std::map<char32_t, char>& bytes) {
  std::string text;
  for (std::size_t i = 0; i < stand_ins.size();) {
    const auto lead = static_cast<unsigned char>(stand_ins[i++]);
    char32_t point = lead;
    if (lead >= 0xC0 && i < stand_ins.size()) {
      point = (lead & 0x1FU) << 6U | (static_cast<unsigned char>(stand_ins[i++]) & 0x3FU);
    }
    const auto known = bytes.find(point);
    if (known == bytes.end()) return {};
    text += known->second;
  }
  return text;
}

Result<std::shared_ptr<const Vocabulary>> load_vocabulary(const std::string& path) {
  const gguf::File file = HEARTH_TRY(gguf::File::load(path));
  const gguf::Value* tokens = file.find("tokenizer.ggml.tokens");
  const gguf::Value* types = file.find("tokenizer.ggml.token_type");
  const gguf::Value* end = file.find("tokenizer.ggml.eos_token_id");
  if (tokens == nullptr || types == nullptr || end == nullptr) {
    return fail(Code::kInvalidArgument, fmt::format("{} has no vocabulary", path));
  }
  const std::map<char32_t, char> bytes = byte_of_stand_in();
  std::vector<std::string> texts(tokens->as_array()->size());
  for (std::size_t token = 0; token < texts.size(); ++token) {
    if (types->as_array()->signed_at(token) == kControlType) continue;
    texts[token] = bytes_of(tokens->as_array()->text_at(token), bytes);
  }
  const std::vector<Token> ends{static_cast<Token>(end->as_unsigned().value_or(0))};
  return Vocabulary::create(std::move(texts), ends);
}

// Any JSON object. Strings hold at most `most` characters.
Rules json_objects(std::uint32_t most) {
  enum : std::uint32_t { kObject, kValue, kString, kCharacter, kNumber, kArray, kMember };
  const auto list = [](std::uint32_t item) {
    return optional(
        sequence({rule(item), repeat(sequence({text(","), optional(text(" ")), rule(item)}), 0)}));
  };
  const Expression digit = character({{'0', '9'}});
  const Expression hex = character({{'0', '9'}, {'a', 'f'}, {'A', 'F'}});
  Rules rules;
  rules.rules = {
      {"object", sequence({text("{"), list(kMember), text("}")})},
      {"value", choice({rule(kObject), rule(kArray), rule(kString), rule(kNumber), text("true"),
                        text("false"), text("null")})},
      {"string", sequence({text("\""), repeat(rule(kCharacter), 0, most), text("\"")})},
      {"character",
       choice({character(all_but({{0, 0x1F}, {'"', '"'}, {'\\', '\\'}})),
               sequence({text("\\"), choice({character({{'"', '"'},
                                                        {'\\', '\\'},
                                                        {'/', '/'},
                                                        {'b', 'b'},
                                                        {'f', 'f'},
                                                        {'n', 'n'},
                                                        {'r', 'r'},
                                                        {'t', 't'}}),
                                             sequence({text("u"), repeat(hex, 4, 4)})})})})},
      {"number",
       sequence({optional(text("-")),
                 choice({text("0"), sequence({character({{'1', '9'}}), repeat(digit, 0)})}),
                 optional(sequence({text("."), repeat(digit, 1)})),
                 optional(sequence({character({{'e', 'e'}, {'E', 'E'}}),
                                    optional(character({{'+', '+'}, {'-', '-'}})),
                                    repeat(digit, 1)}))})},
      {"array", sequence({text("["), list(kValue), text("]")})},
      {"member", sequence({rule(kString), text(":"), optional(text(" ")), rule(kValue)})}};
  return rules;
}

struct Place {
  std::string name;
  Rules rules;
  std::string begun;
};

struct Figures {
  double compile_us = 0;
  double classes_us = 0;  // making Masks
  double cold_us = 0;
  double warm_us = 0;
  double next_us = 0;  // after one further byte, if it was 'a'
  std::size_t nodes = 0;
  std::size_t allowed = 0;
};

Result<Figures> measure(const Place& place, const std::shared_ptr<const Vocabulary>& vocabulary,
                        int rounds) {
  std::vector<double> compiled;
  std::vector<double> made;
  std::vector<double> cold;
  std::vector<double> next;
  std::vector<double> warm;
  Figures figures;
  Mask mask;
  for (int round = 0; round < kColdRounds; ++round) {
    auto begin = now_us();
    const auto grammar = HEARTH_TRY(Grammar::compile(place.rules));
    compiled.push_back(now_us() - begin);
    begin = now_us();
    Masks masks(grammar, vocabulary);
    made.push_back(now_us() - begin);
    Matcher matcher(grammar);
    HEARTH_TRY(matcher.accept(place.begun));
    begin = now_us();
    HEARTH_TRY(masks.allowed(matcher, mask));
    cold.push_back(now_us() - begin);
    Matcher further = matcher;
    HEARTH_TRY(further.accept("a"));
    begin = now_us();
    HEARTH_TRY(masks.allowed(further, mask));
    next.push_back(now_us() - begin);
    for (int i = 0; i < rounds; ++i) {
      begin = now_us();
      HEARTH_TRY(masks.allowed(matcher, mask));
      warm.push_back(now_us() - begin);
    }
    figures.nodes = grammar->automaton().size();
  }
  for (const std::uint64_t word : mask)
    figures.allowed += static_cast<std::size_t>(__builtin_popcountll(word));
  figures.compile_us = median(compiled);
  figures.classes_us = median(made);
  figures.cold_us = median(cold);
  figures.warm_us = median(warm);
  figures.next_us = median(next);
  return figures;
}

Result<void> run(const std::string& path, int rounds) {
  auto begin = now_us();
  const auto vocabulary = HEARTH_TRY(load_vocabulary(path));
  const double load_us = now_us() - begin;
  const std::vector<Place> places = {
      {"object: before it", json_objects(kNoMost), ""},
      {"object: in a string", json_objects(kNoMost), "{\"name\": \"so"},
      {"object: in a deep string", json_objects(kNoMost), "{\"a\":[[[{\"b\":[\"so"},
      {"object: before a value", json_objects(kNoMost), "{\"name\":"},
      {"object: between members", json_objects(kNoMost), "{\"name\": \"so\""},
      {"object: in a number", json_objects(kNoMost), "{\"name\": 12"},
      {"maxLength 1000: at its begin", json_objects(1000), "{\"name\": \""},
      {"maxLength 1000: in its middle", json_objects(1000),
       "{\"name\": \"" + std::string(500, 'x')},
      {"maxLength 1000: near its end", json_objects(1000), "{\"name\": \"" + std::string(995, 'x')},
  };
  fmt::print("{{\"vocabulary\": {}, \"trie_nodes\": {}, \"longest\": {}, \"load_ms\": {:.1f}",
             vocabulary->size(), vocabulary->trie().size(), vocabulary->trie().depth(),
             load_us / 1000);
  for (const Place& place : places) {
    const Figures figures = HEARTH_TRY(measure(place, vocabulary, rounds));
    fmt::print(
        ",\n \"{}\": {{\"compile_us\": {:.0f}, \"make_us\": {:.0f}, \"cold_us\": {:.0f}, "
        "\"next_us\": {:.1f}, \"warm_us\": {:.1f}, \"nodes\": {}, \"allowed\": {}}}",
        place.name, figures.compile_us, figures.classes_us, figures.cold_us, figures.next_us,
        figures.warm_us, figures.nodes, figures.allowed);
  }
  fmt::print("}}\n");
  return {};
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  std::string path = HEARTH_VOCABULARY;
  int rounds = hearth::kDefaultRounds;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--vocabulary") path = argv[i + 1];
    if (std::string_view(argv[i]) == "--rounds") rounds = std::stoi(argv[i + 1]);
  }
  const auto done = hearth::run(path, rounds);
  if (done) return 0;
  fmt::print(stderr, "bench-masks: {}\n", done.error().to_string());
  return 1;
}
