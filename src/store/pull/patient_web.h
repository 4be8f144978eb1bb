// The web for questions to a hub: what can be right the next time is asked again, after a pause
// that grows, or as long as the server wants. Whoever asks sees the last answer only.
//
// Ownership: borrows the web.
// Threads:   as the web's; fetch() blocks its caller while it waits, too.
// Errors:    those of the web, of the last attempt.
#pragma once

#include <functional>
#include <string>

#include "net/web/web.h"
#include "store/pull/blob_download.h"

namespace hearth::store {

class PatientWeb final : public net::Web {
 public:
  // Told before each pause: what was wrong, and how long it is.
  using Listener = std::function<void(const std::string& problem, std::int64_t pause_ms)>;

  PatientWeb(net::Web& web, const DownloadOptions& options, Listener listener)
      : web_(web), options_(options), listener_(std::move(listener)) {}

  Result<void> fetch(const net::WebRequest& request, net::WebSink& sink,
                     const base::CancelToken& cancel) override;

 private:
  net::Web& web_;
  const DownloadOptions& options_;
  Listener listener_;
};

}  // namespace hearth::store
