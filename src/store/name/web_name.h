// Names that are URLs: taken apart, and what a file of the web may be called.
//
// Threads: pure.
// Errors:  kInvalidArgument, as in name_rules.h.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/name/source.h"

namespace hearth::store {

struct WebAddress {
  Transport transport = Transport::kTls;
  std::string host;       // from parse_host
  std::string_view path;  // behind the host and its slash
  std::string_view tail;  // "?…" and "#…"
};

// Borrows the text, which has "://" in it. Only https and http are known.
Result<WebAddress> parse_web_address(std::string_view text);

// A URL of a .gguf file: no query, no part that leads elsewhere, and of percent escapes only those
// that a file's name needs, so that two spellings of one file are rare.
Result<WebName> parse_web_name(const WebAddress& address);

}  // namespace hearth::store
