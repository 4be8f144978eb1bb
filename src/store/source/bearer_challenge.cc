#include "store/source/bearer_challenge.h"

#include <fmt/format.h>

#include "base/trimmed.h"
#include "store/name/name_rules.h"
#include "store/source/hub_url.h"

namespace hearth::store {

namespace {

constexpr std::string_view kScheme = "bearer ";
constexpr std::string_view kBlanks = " \t,";

// A quoted value, where '\\' takes the next as it is, or a word; it is taken from the text.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    value = text.substr(0, text.find_first_of(kBlanks));
    text.remove_prefix(value.size());
    return value;
  }
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    value += text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

std::string with_query(std::string url, std::string_view name, std::string_view value) {
  if (value.empty()) return url;
  const char mark = url.find('?') == std::string::npos ? '?' : '&';
  return fmt::format("{}{}{}={}", url, mark, name, escaped_for_url(value));
}

bool is_visible(std::string_view text) {
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7F) return false;
  }
  return true;
}

}  // namespace

std::optional<BearerChallenge> read_challenge(std::string_view header) {
  header = base::trimmed(header, kBlanks);
  if (lower_case(header.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  header.remove_prefix(kScheme.size());
  BearerChallenge challenge;
  while (true) {
    header.remove_prefix(std::min(header.find_first_not_of(kBlanks), header.size()));
    const std::size_t equals = header.find('=');
    if (equals == std::string_view::npos) break;
    const std::string key = lower_case(base::trimmed(header.substr(0, equals), kBlanks));
    header.remove_prefix(equals + 1);
    std::string value = take_value(header);
    if (key == "realm")
      challenge.realm = std::move(value);
    else if (key == "service")
      challenge.service = std::move(value);
    else if (key == "scope")
      challenge.scope = std::move(value);
  }
  if (challenge.realm.empty()) return std::nullopt;
  return challenge;
}

Result<std::string> token_url(const BearerChallenge& challenge, std::string_view registry,
                              std::string_view tokens) {
  const auto realm = origin_of(challenge.realm);
  if (!realm || !is_visible(challenge.realm) || challenge.realm.find('#') != std::string::npos) {
    return fail(Code::kUpstream,
                fmt::format("{} names {} as the place of its tokens, which is no URL",
                            host_of(registry), in_quotes(challenge.realm)));
  }
  const auto own = origin_of(registry);
  const auto other = origin_of(tokens);
  if ((own && *own == *realm) || (other && *other == *realm)) {
    std::string url = with_query(challenge.realm, "service", challenge.service);
    return with_query(std::move(url), "scope", challenge.scope);
  }
  return fail(
      Code::kPermissionDenied,
      fmt::format("{} wants its tokens to be asked for at {}, and a registry that sends its "
                  "clients to another host may be after what they give or take there; "
                  "nothing was asked",
                  host_of(registry), host_of(*realm)));
}

}  // namespace hearth::store
