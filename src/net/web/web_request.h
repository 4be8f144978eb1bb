// Whether a request may be sent at all, judged before anything is.
//
// Threads: pure.
// Errors:  kInvalidArgument.
#pragma once

#include "base/result.h"
#include "net/web/web.h"
#include "net/web/web_url.h"

namespace hearth::net {

// Its URL, taken apart. Names of headers are tokens and their values have no control characters,
// so that none ends early and begins another; `headers` holds none that a fetch writes itself or
// that would carry a secret wherever a redirect leads.
Result<WebUrl> check_request(const WebRequest& request);

}  // namespace hearth::net
