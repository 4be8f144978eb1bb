// What the answers of all hubs have in common: small documents, statuses that mean the same
// everywhere, headers that are numbers.
//
// Threads: thread-safe; ask() blocks its caller.
// Errors:  kUpstream for what makes no sense, with the host; kResourceExhausted for 429, with for
//          how long; kUnavailable when the hub cannot answer now. Messages have no control
//          characters, whatever the hub has sent.
// Limits:  kAnswerBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancellation.h"
#include "base/result.h"
#include "base/units.h"
#include "net/web/web.h"
#include "store/manifest/blob_digest.h"

namespace hearth::store {

// 20,000 files of a repository are about 6 MiB.
inline constexpr std::size_t kAnswerBytesMax = 16 * base::kMiB;

struct Asking {
  net::Web& web;
  const base::CancelToken& cancel;
};

// Whatever its status. An answer that comes encoded, although nobody asked for that, is refused
// before its body is read.
Result<net::WebDocument> ask(const Asking& asking, const net::WebRequest& request,
                             std::size_t bytes_max = kAnswerBytesMax);

// The answer's head alone: what stands behind it is not taken.
Result<net::WebHead> ask_head(const Asking& asking, const net::WebRequest& request);

bool is_success(const net::WebHead& head);
bool is_redirect(const net::WebHead& head);

// For a status that the caller has no better words for. REQUIRES: no success.
Error status_error(const net::WebHead& head);
// What the hub at this URL has sent is not what it should be.
Error nonsense(std::string_view url, const Error& why);
Error nonsense(std::string_view url, std::string_view why);

// "in 30 seconds", "after Fri, 31 Jan 2031 …"; empty when the hub does not say.
std::string retry_time(const net::WebHeaders& headers);
// A header that is the size of a file; nothing when it is none.
std::optional<std::uint64_t> size_header(const net::WebHeaders& headers, std::string_view name);

// "sha256:…" with all its digits: BlobDigest::parse takes digits alone, too, and a registry does
// not.
Result<BlobDigest> registry_digest(std::string_view text);

}  // namespace hearth::store
