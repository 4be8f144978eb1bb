#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "net/inherited_sockets.h"

namespace hearth::net {

namespace {

constexpr int kFirst = 3;
constexpr int kCountMax = 64;
constexpr std::size_t kNameBytesMax = 255;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool whole = error == std::errc() && stop == end && number >= 0;
  return whole ? std::optional(number) : std::nullopt;
}

std::string take_name(std::string_view& names) {
  const std::size_t colon = std::min(names.find(':'), names.size());
  const std::string name(names.substr(0, std::min(colon, kNameBytesMax)));
  names.remove_prefix(std::min(colon + 1, names.size()));
  return name.empty() ? "unknown" : name;
}

}  // namespace

SocketTerms socket_terms() {
  return {variable("LISTEN_PID"), variable("LISTEN_FDS"), variable("LISTEN_FDNAMES")};
}

Result<std::vector<Listener>> take_inherited_sockets(const SocketTerms& terms) {
  std::vector<Listener> listeners;
  // Who started us may have been given them and have left its environment to us.
  if (terms.count.empty() || number_in(terms.pid) != ::getpid()) return listeners;
  const auto count = number_in(terms.count);
  if (!count || *count > kCountMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("LISTEN_FDS is \"{}\", but it must be a number up to {}",
                            terms.count.substr(0, 40), kCountMax));
  }
  std::string_view names = terms.names;
  for (int number = kFirst; number < kFirst + *count; ++number) {
    std::string name = take_name(names);
    listeners.push_back(HEARTH_TRY(Listener::adopt(Fd(number), std::move(name))));
  }
  return listeners;
}

}  // namespace hearth::net
