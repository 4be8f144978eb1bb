#include "train/seed_texts.h"

#include <algorithm>
#include <fstream>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "json/parse.h"
#include "train/lesson/conversation.h"
#include "train/vocabulary/vocabulary.h"

namespace hearth::train {

namespace {

void add_strings(const boost::json::value& value, WordCounts& words) {
  if (const auto* text = value.if_string()) return words.add({text->data(), text->size()});
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array)
      add_strings(element, words);
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      add_strings(member.value(), words);
  }
}

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

// Of the wanted lines, how many are among the first `seen` of all.
std::uint64_t share(std::uint64_t seen, std::uint64_t wanted, std::uint64_t all) {
  return wanted == all ? seen : seen * wanted / all;
}

Result<std::uint64_t> count_lines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kNotFound, fmt::format("cannot read '{}'", path), path);
  std::uint64_t lines = 0;
  std::string line;
  while (std::getline(file, line))
    lines += is_blank(line) ? 0 : 1;
  if (file.bad()) return fail(Code::kUnavailable, fmt::format("cannot read '{}'", path), path);
  return lines;
}

}  // namespace

Result<SeedTexts> SeedTexts::create(const std::string& chat_template) {
  SeedTexts texts;
  if (chat_template.empty()) return texts;
  dialogue::ChatTemplate::Source source{.text = chat_template,
                                        .begin_text = std::string(kEndOfText),
                                        .end_text = std::string(kTurnEnd),
                                        .special_texts = {}};
  for (const VocabularyToken& token : special_tokens()) {
    if (token.kind == TokenKind::kControl) source.special_texts.push_back(token.bytes);
  }
  texts.template_ = HEARTH_TRY(dialogue::ChatTemplate::create(std::move(source)));
  return texts;
}

Result<void> SeedTexts::add_file(const std::string& path, std::uint64_t lines_max) {
  const std::uint64_t all = HEARTH_TRY(count_lines(path));
  const std::uint64_t wanted = std::min(all, lines_max);
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::uint64_t seen = 0;
  std::uint64_t number = 0;  // of the line, blank ones too
  while (std::getline(file, line)) {
    ++number;
    if (is_blank(line)) continue;
    ++seen;
    if (share(seen, wanted, all) == share(seen - 1, wanted, all)) continue;
    const auto added = add_line(line);
    if (added) continue;
    Error error = added.error();
    error.message = fmt::format("{}, line {}: {}", path, number, error.message);
    return fail(std::move(error));
  }
  return {};
}

Result<void> SeedTexts::add_line(std::string_view line) {
  if (template_) {
    HEARTH_TRY(add_chat(line));
  } else {
    add_strings(HEARTH_TRY(json::parse(line)), words_);
  }
  ++lines_;
  return {};
}

Result<void> SeedTexts::add_chat(std::string_view line) {
  const chat::Request request = HEARTH_TRY(read_conversation(line));
  const auto rendered = HEARTH_TRY(template_->write(request));
  for (const dialogue::PromptPiece& piece : rendered)
    add_cut(piece.text);
  return {};
}

void SeedTexts::add_cut(std::string_view text) {
  while (!text.empty()) {
    std::size_t nearest = text.size();
    std::size_t length = 0;
    for (const VocabularyToken& token : special_tokens()) {
      const std::size_t at = text.substr(0, nearest).find(token.bytes);
      if (at == std::string_view::npos) continue;
      nearest = at;
      length = token.bytes.size();
    }
    words_.add(text.substr(0, nearest));
    text.remove_prefix(nearest + length);
  }
}

}  // namespace hearth::train
