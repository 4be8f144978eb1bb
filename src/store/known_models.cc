#include "store/known_models.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "store/known_models_text.h"

namespace hearth::store {

namespace {

constexpr std::uint64_t kMega = 1'000'000;  // as hubs count
constexpr std::uint32_t kNumberMost = 10'000'000;
constexpr std::size_t kColumns = 13;

using Columns = std::array<std::string_view, kColumns>;

// Nothing for a line with more or fewer columns.
std::optional<Columns> columns_of(std::string_view line) {
  Columns columns;
  std::size_t count = 0;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    if (count == kColumns) return std::nullopt;
    columns[count++] = line.substr(0, end);
    line.remove_prefix(end);
  }
  return count == kColumns ? std::optional(columns) : std::nullopt;
}

Result<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (whole && value > 0 && value <= kNumberMost) return value;
  return fail(Code::kInvalidArgument, fmt::format("'{}' is no number of a model", text));
}

Result<void> take_use(std::string_view use, gguf::ModelFacts& facts) {
  if (use == "chat") {
    facts.chat_template = "";
  } else if (use == "embed") {
    facts.pooling = gguf::Pooling::kLast;
  } else if (use == "encode" || use == "rerank") {
    facts.is_encoder = true;
    facts.pooling = use == "rerank" ? gguf::Pooling::kRank : gguf::Pooling::kMean;
  } else {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is none of chat, embed, encode, rerank", use));
  }
  return {};
}

Result<KnownModel> read_model(const Columns& columns) {
  KnownModel model;
  model.name = columns[0];
  gguf::ModelFacts& facts = model.facts;
  HEARTH_TRY(take_use(columns[1], facts));
  model.file_bytes = kMega * HEARTH_TRY(number(columns[2]));
  facts.weight_bytes = model.file_bytes;
  facts.parameters = kMega * HEARTH_TRY(number(columns[3]));
  facts.quantisation = columns[4];
  constexpr std::uint32_t kLayersMost = 1024;
  facts.layers = std::min(kLayersMost, HEARTH_TRY(number(columns[5])));
  facts.embedding = HEARTH_TRY(number(columns[6]));
  facts.feed_forward = HEARTH_TRY(number(columns[7]));
  facts.heads = HEARTH_TRY(number(columns[8]));
  facts.heads_kv.assign(facts.layers, HEARTH_TRY(number(columns[9])));
  facts.key_length = HEARTH_TRY(number(columns[10]));
  facts.value_length = facts.key_length;
  facts.vocabulary = HEARTH_TRY(number(columns[11]));
  // Of most vocabularies; those of encoders have none.
  facts.merges = facts.is_encoder ? 0 : facts.vocabulary;
  facts.context_trained = HEARTH_TRY(number(columns[12]));
  return model;
}

}  // namespace

Result<std::vector<KnownModel>> parse_known_models(std::string_view text) {
  std::vector<KnownModel> models;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    const auto columns = columns_of(line);
    auto model = columns ? read_model(*columns)
                         : Result<KnownModel>(fail(Code::kInvalidArgument,
                                                   fmt::format("not {} columns", kColumns)));
    if (!model || models.size() == kKnownModelsMax) {
      return fail(Code::kInvalidArgument,
                  fmt::format("line {} of the known models: {}", line_number,
                              model ? "there are too many" : model.error().message));
    }
    models.push_back(*std::move(model));
  }
  return models;
}

std::vector<KnownModel> known_models() {
  auto models = parse_known_models(known_models_text());
  HEARTH_ASSERT(models.has_value());  // a test has read it
  return *std::move(models);
}

}  // namespace hearth::store
