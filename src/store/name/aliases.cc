#include "store/name/aliases.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/trimmed.h"
#include "store/name/built_in_aliases.h"
#include "store/name/name_rules.h"
#include "store/name/quant.h"

namespace hearth::store {

namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr WordRule kNameRule{"the short name", "-."};
constexpr WordRule kTagRule{"the short name's tag", "-."};

// A '#' begins a comment at the beginning of a line or behind a blank.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool begins = at == 0 || kBlanks.find(line[at - 1]) != std::string_view::npos;
    if (line[at] == '#' && begins) return line.substr(0, at);
  }
  return line;
}

Result<void> check_short_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  HEARTH_TRY(check_word(name.substr(0, colon), kNameRule));
  if (colon != std::string_view::npos) HEARTH_TRY(check_word(name.substr(colon + 1), kTagRule));
  return {};
}

Result<Alias> parse_alias(std::string_view line, PlainHttp plain_http) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos)
    return fail(Code::kInvalidArgument, "a line is SHORT NAME = FULL NAME, and has no '='");
  const std::string_view name = base::trimmed(line.substr(0, equals), kBlanks);
  HEARTH_TRY(check_short_name(name));
  ModelName meant =
      HEARTH_TRY(ModelName::parse(base::trimmed(line.substr(equals + 1), kBlanks), plain_http));
  return Alias{std::string(name), std::move(meant)};
}

}  // namespace

Result<Aliases> Aliases::parse(std::string_view text, const std::string& file,
                               PlainHttp plain_http) {
  if (text.size() > kAliasBytesMax) {
    return fail(Code::kResourceExhausted,
                fmt::format("{} has {} bytes, and a list of short names at most {}", file,
                            text.size(), kAliasBytesMax));
  }
  Aliases aliases;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = base::trimmed(without_comment(text.substr(0, end)), kBlanks);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    auto alias = parse_alias(line, plain_http);
    if (!alias)
      return fail(alias.error().code,
                  fmt::format("{}:{}: {}", file, number, alias.error().message));
    const std::string key = lower_case(alias->name);
    if (aliases.aliases_.contains(key)) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}:{}: {} is there already; keep one of the two lines", file, number,
                              in_quotes(alias->name)));
    }
    if (aliases.aliases_.size() == kAliasesMax) {
      return fail(
          Code::kResourceExhausted,
          fmt::format("{}:{}: at most {} short names are possible", file, number, kAliasesMax));
    }
    aliases.aliases_.emplace(key, *std::move(alias));
  }
  return aliases;
}

Aliases Aliases::built_in() {
  auto aliases = parse(built_in_aliases(), "models/aliases.txt");
  HEARTH_ASSERT(aliases.has_value());
  return *std::move(aliases);
}

Result<Aliases> Aliases::load(const std::string& user_file, PlainHttp plain_http) {
  const auto text = base::load_text_file(user_file, kAliasBytesMax);
  if (!text && text.error().code == Code::kNotFound) return built_in();
  if (!text) return fail(text.error());
  return built_in().overridden_by(HEARTH_TRY(parse(*text, user_file, plain_http)));
}

Aliases Aliases::overridden_by(const Aliases& others) const {
  Aliases both = others;
  both.aliases_.insert(aliases_.begin(), aliases_.end());
  return both;
}

const ModelName* Aliases::find(std::string_view name) const {
  if (name.size() > 2 * kWordBytesMax + 1) return nullptr;
  const auto place = aliases_.find(lower_case(name));
  return place == aliases_.end() ? nullptr : &place->second.target;
}

std::vector<Alias> Aliases::list() const {
  std::vector<Alias> list;
  for (const auto& [key, alias] : aliases_)
    list.push_back(alias);
  return list;
}

Result<ModelName> Aliases::resolve(std::string_view text, PlainHttp plain_http) const {
  if (const ModelName* target = find(text)) return *target;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return ModelName::parse(text, plain_http);
  const ModelName* target = find(text.substr(0, colon));
  const auto quant = parse_quant(text.substr(colon + 1));
  if (target == nullptr || !quant) return ModelName::parse(text, plain_http);
  const auto* hub = std::get_if<HuggingFaceName>(&target->source());
  if (hub == nullptr || !hub->quant.empty() || !hub->file.empty())
    return ModelName::parse(text, plain_http);
  return ModelName::parse(target->text() + ":" + *quant, plain_http);
}

}  // namespace hearth::store
