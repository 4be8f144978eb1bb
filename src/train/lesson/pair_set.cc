#include "train/lesson/pair_set.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/fnv.h"
#include "train/lesson/data_file.h"
#include "train/lesson/digest.h"

namespace hearth::train {

namespace {

constexpr std::size_t kLinesOfPiece = 64;  // of one thread at a time

using Texts = std::vector<std::vector<engine::Token>>;

struct ReadPair {
  Pair pair;
  Texts texts;
  std::optional<Error> error;
};

Result<std::vector<engine::Token>> tokens_of(const engine::Model& model, const std::string& text) {
  auto tokens =
      HEARTH_TRY(model.tokenize(text, engine::SpecialText::kPlain, engine::SpecialEnds::kAdded));
  if (tokens.empty()) return fail(Code::kInvalidArgument, "a text has no tokens");
  return tokens;
}

Result<void> read_line(const engine::Model& model, const std::string& line, ReadPair& read) {
  read.pair = HEARTH_TRY(read_pair(line));
  read.texts.push_back(HEARTH_TRY(tokens_of(model, read.pair.query)));
  read.texts.push_back(HEARTH_TRY(tokens_of(model, read.pair.document)));
  for (const std::string& text : read.pair.near_misses)
    read.texts.push_back(HEARTH_TRY(tokens_of(model, text)));
  return {};
}

std::uint64_t mark_of(const std::vector<engine::Token>& tokens) {
  return base::fnv1a(
      {reinterpret_cast<const char*>(tokens.data()), tokens.size() * sizeof(engine::Token)});
}

std::vector<ReadPair> read_lines(const std::vector<DataLine>& lines, const std::string& path,
                                 const engine::Model& model, engine::Crew& crew) {
  std::vector<ReadPair> pairs(lines.size());
  crew.run((lines.size() + kLinesOfPiece - 1) / kLinesOfPiece, [&](std::size_t piece) {
    const std::size_t end = std::min((piece + 1) * kLinesOfPiece, lines.size());
    for (std::size_t i = piece * kLinesOfPiece; i < end; ++i) {
      const auto read = read_line(model, lines[i].text, pairs[i]);
      if (read) continue;
      pairs[i].error = read.error();
      pairs[i].error->message =
          fmt::format("{}:{}: {}", path, lines[i].number, read.error().message);
    }
  });
  return pairs;
}

Result<std::uint64_t> digest_of(const LessonSource& source, const engine::Model& model) {
  Digest digest;
  digest.add(source.context);
  digest.add_tokenizer(model);
  HEARTH_TRY(digest.add_files(source.data));
  return digest.value();
}

}  // namespace

Result<std::unique_ptr<PairSet>> PairSet::make(const LessonSource& source,
                                               const engine::Model& model, engine::Crew& crew,
                                               const LessonProgress& progress) {
  std::unique_ptr<PairSet> set(new PairSet);
  set->digest_ = HEARTH_TRY(digest_of(source, model));
  set->context_ = source.context;
  for (const std::string& path : source.data) {
    DataFile file(path);
    while (true) {
      const auto lines = HEARTH_TRY(file.next());
      if (lines.empty()) break;
      for (const ReadPair& read : read_lines(lines, path, model, crew)) {
        if (read.error) return fail(*read.error);
        set->add(read.pair, read.texts);
      }
      if (set->tokens() > kPairTokensMax) {
        return fail(Code::kResourceExhausted,
                    fmt::format("the pairs have more than {} tokens", kPairTokensMax));
      }
      if (!progress(set->size())) return fail(Code::kCancelled, "stopped while pairs were read");
    }
  }
  if (set->size() == 0) return fail(Code::kInvalidArgument, "there is no pair in the data");
  return set;
}

void PairSet::add(const Pair& pair, const Texts& texts) {
  pairs_.push_back({texts_.size(), texts.size()});
  const std::uint64_t about = base::fnv1a(pair.about);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    // A near-miss is about something that nothing else is about.
    constexpr std::size_t kQueryAndDocument = 2;
    add_text(texts[i], i < kQueryAndDocument ? about : ~about + i);
  }
  ++counts_.conversations;
}

void PairSet::add_text(const std::vector<engine::Token>& tokens, std::uint64_t about) {
  const std::size_t kept = std::min<std::size_t>(tokens.size(), context_);
  counts_.cut += kept < tokens.size() ? 1 : 0;
  texts_.push_back({tokens_.size(), static_cast<std::uint32_t>(kept), {about, mark_of(tokens)}});
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(kept));
}

std::size_t PairSet::length(std::size_t pair) const {
  std::size_t length = 0;
  for (std::size_t i = 0; i < pairs_[pair].texts; ++i)
    length += texts_[pairs_[pair].first + i].length;
  return length;
}

void PairSet::append(std::size_t pair, PairBatch& batch) const {
  const std::size_t first = batch.texts.segments.size();
  batch.pairs.push_back({first, first + 1});
  for (std::size_t i = 0; i < pairs_[pair].texts; ++i) {
    const Text& text = texts_[pairs_[pair].first + i];
    const engine::Token* tokens = tokens_.data() + text.begin;
    batch.texts.segments.push_back({batch.texts.tokens.size(), text.length});
    batch.texts.tokens.insert(batch.texts.tokens.end(), tokens, tokens + text.length);
    batch.marks.push_back(text.mark);
  }
}

}  // namespace hearth::train
