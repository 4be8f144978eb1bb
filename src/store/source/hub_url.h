// URLs that are put together for a hub: its base, what is escaped in them, and whose they are.
//
// Threads: pure.
// Errors:  kInvalidArgument for a text that is no https or http URL, or that has a user in it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

// "https://Host:443/path/" as "https://host/path": what paths can be put behind, and what an origin
// within a manifest can be.
Result<std::string> base_url(std::string_view text);
// "https://host:8443" of a URL. Two URLs with the same origin are the same server's.
Result<std::string> origin_of(std::string_view url);
// "host:8443", for messages; empty when it is no URL.
std::string host_of(std::string_view url);

// Every byte that is no letter, no digit and none of "-._~" as %XX.
std::string escaped_for_url(std::string_view text);
// The same, but '/' stays.
std::string escaped_path_for_url(std::string_view path);
// %XX as the byte; a '%' without two digits stays.
std::string unescaped_from_url(std::string_view text);

}  // namespace hearth::store
