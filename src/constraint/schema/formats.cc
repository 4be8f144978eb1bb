#include "constraint/schema/formats.h"

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

// RFC 3339, without leap seconds and the year 0, which many readers refuse.
constexpr std::string_view kYear = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)";
constexpr std::string_view kLeapYear =
    "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
constexpr std::string_view kClock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?";
constexpr std::string_view kOffset = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";

constexpr std::string_view kByte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
constexpr std::string_view kHex4 = "[0-9A-Fa-f]{1,4}";
constexpr std::string_view kLabel = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

std::string date() {
  return fmt::format(
      "(?:{0}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|"
      "30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|{1}-02-29)",
      kYear, kLeapYear);
}

std::string ipv4() {
  return fmt::format("{0}\\.{0}\\.{0}\\.{0}", kByte);
}

// Eight groups, or fewer with one :: in the place of at least one.
std::string ipv6() {
  std::string all = fmt::format("(?:{0}:){{7}}{0}", kHex4);
  for (int before = 0; before <= 7; ++before) {
    const std::string left =
        before == 0 ? "" : fmt::format("{0}(?::{0}){{{1}}}", kHex4, before - 1);
    const int after = 7 - before;
    const std::string right =
        after == 0 ? "" : fmt::format("(?:{0}(?::{0}){{0,{1}}})?", kHex4, after - 1);
    all += "|" + left + "::" + right;
  }
  return "(?:" + all + ")";
}

// At most 253 characters: three labels of any length, or eight that are shorter.
std::string hostname() {
  constexpr std::string_view kShort = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,28}[A-Za-z0-9])?";
  return fmt::format("(?:{0}\\.){{0,2}}{0}|(?:{1}\\.){{3,7}}{1}", kLabel, kShort);
}

std::string email() {
  constexpr std::string_view kAtom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  return fmt::format("{0}(?:\\.{0})*@{1}(?:\\.{1})+", kAtom,
                     "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?");
}

// RFC 3986 with a scheme; after // a host by name or address, and a port of five digits.
std::string uri() {
  constexpr std::string_view kPlain = "[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}";
  const std::string path = fmt::format("(?:{}|/)*", kPlain);
  const std::string rest = fmt::format("(?:\\?(?:{0}|[/?])*)?(?:#(?:{0}|[/?])*)?", kPlain);
  const std::string host =
      fmt::format("(?:[A-Za-z0-9_~!$&'()*+,;=-]+@)?{0}(?:\\.{0})*(?::[0-9]{{1,4}})?",
                  "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?");
  return fmt::format("[A-Za-z][A-Za-z0-9+.-]*:(?://{0}(?:/{1})?|(?:{3}){1}){2}", host, path, rest,
                     kPlain);
}

std::string duration() {
  const std::string time = "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)";
  return fmt::format(
      "P(?:[0-9]+W|{0}|(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)(?:{0})?)",
      time);
}

}  // namespace

std::optional<std::string> pattern_of_format(std::string_view name) {
  const auto whole = [](std::string_view inside) { return fmt::format("^(?:{})$", inside); };
  if (name == "date") return whole(date());
  if (name == "time") return whole(fmt::format("{}{}", kClock, kOffset));
  if (name == "date-time") return whole(fmt::format("{}T{}{}", date(), kClock, kOffset));
  if (name == "duration") return whole(duration());
  if (name == "email") return whole(email());
  if (name == "hostname") return whole(hostname());
  if (name == "ipv4") return whole(ipv4());
  if (name == "ipv6") return whole(ipv6());
  if (name == "uri") return whole(uri());
  if (name == "uuid") {
    return whole("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
  }
  if (name == "json-pointer") return whole("(?:/(?:[^~/]|~[01])*)*");
  return std::nullopt;
}

}  // namespace hearth::constraint
