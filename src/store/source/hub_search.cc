#include "store/source/hub_search.h"

#include <optional>
#include <variant>

#include <fmt/format.h>

#include "base/trimmed.h"
#include "base/units.h"
#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"
#include "store/name/model_name.h"
#include "store/source/hub_question.h"
#include "store/source/hub_url.h"

namespace hearth::store {

namespace {

using json::Node;

constexpr std::size_t kSearchBytesMax = 4 * base::kMiB;
constexpr json::Limits kLimits{.bytes = kSearchBytesMax, .depth = 32, .values = 200'000};
constexpr std::int64_t kCountMost = 1'000'000'000'000;
constexpr std::size_t kDayLetters = 10;

std::uint64_t count_in(const Node& model, std::string_view key) {
  const auto node = model.find(key);
  if (!node) return 0;
  return static_cast<std::uint64_t>(node->integer(0, kCountMost).value_or(0));
}

// "2026-11-22T…" as its day; empty for what is no day.
std::string day_in(const Node& model) {
  const auto node = model.find("lastModified");
  const auto text = node ? node->text() : Result<std::string_view>(std::string_view());
  if (!text || text->size() < kDayLetters) return {};
  const std::string_view day = text->substr(0, kDayLetters);
  for (std::size_t i = 0; i < day.size(); ++i) {
    const bool is_dash = i == 4 || i == 7;
    if (is_dash ? day[i] != '-' : day[i] < '0' || day[i] > '9') return {};
  }
  return std::string(day);
}

// false, "auto" or "manual"; what else it could be means a gate, too.
bool gate_in(const Node& model) {
  const auto node = model.find("gated");
  return node && node->boolean().value_or(true);
}

// Nothing for a model that nobody could pull by this name.
std::optional<FoundModel> read_model(const Node& node) {
  if (!node.is_object()) return std::nullopt;
  auto id = node.find("id");
  if (!id) id = node.find("modelId");
  const auto text = id ? id->text() : Result<std::string_view>(std::string_view());
  if (!text) return std::nullopt;
  const auto name = ModelName::parse(*text);
  if (!name || !std::holds_alternative<HuggingFaceName>(name->source())) return std::nullopt;
  return FoundModel{name->short_text(), count_in(node, "downloads"), count_in(node, "likes"),
                    day_in(node), gate_in(node)};
}

Result<std::string> search_url(const HubSearch& search, const std::string& base) {
  const std::string_view words = base::trimmed(search.words, " \t\r\n");
  if (words.empty() || words.size() > kSearchWordsBytesMax || !base::is_utf8(words)) {
    return fail(Code::kInvalidArgument,
                fmt::format("search for words of 1 to {} bytes of text", kSearchWordsBytesMax));
  }
  if (search.limit == 0 || search.limit > kSearchLimitMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("the limit is from 1 to {}, not {}", kSearchLimitMax, search.limit));
  }
  std::string url = fmt::format(
      "{}/api/models?search={}&filter=gguf&sort=downloads&direction=-1"
      "&limit={}",
      base, escaped_for_url(words), search.limit);
  for (const char* field : {"downloads", "likes", "lastModified", "gated"})
    url += fmt::format("&expand%5B%5D={}", field);
  return url;
}

Error refusal(const net::WebHead& head, const net::WebRequest& request) {
  constexpr int kUnauthorized = 401;
  if (head.status != kUnauthorized || request.authorization.empty()) return status_error(head);
  return make_error(Code::kUnauthenticated,
                    host_of(head.url) +
                        " does not accept the token; it may have expired: check HF_TOKEN and "
                        "~/.cache/huggingface/token");
}

}  // namespace

Result<std::vector<FoundModel>> read_hub_search(std::string_view text, std::uint32_t limit) {
  const auto value = HEARTH_TRY(json::parse(text, kLimits));
  const Node node(value);
  std::vector<FoundModel> models;
  for (const Node& entry : HEARTH_TRY(node.elements())) {
    if (models.size() == limit) break;
    auto model = read_model(entry);
    if (model) models.push_back(*std::move(model));
  }
  return models;
}

Result<std::vector<FoundModel>> search_hub(const HubSearch& search, const Hubs& hubs,
                                           const Asking& asking) {
  net::WebRequest request;
  const std::string base = HEARTH_TRY(base_url(hubs.hugging_face));
  request.url = HEARTH_TRY(search_url(search, base));
  request.authorization = HEARTH_TRY(hub_authorization(hubs.hugging_face_token));
  const net::WebDocument document = HEARTH_TRY(ask(asking, request, kSearchBytesMax));
  if (!is_success(document.head)) return fail(refusal(document.head, request));
  auto models = read_hub_search(document.body, search.limit);
  if (!models) return fail(nonsense(request.url, models.error()));
  return models;
}

}  // namespace hearth::store
