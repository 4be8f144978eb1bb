// Who had what done: one line of JSON for each request that changes something or computes, never
// with what was said in it. docs/formats/audit-log.md describes the lines.
//
// Ownership: owns its file.
// Threads:   confined to the loop; a line is one write(2) to the end of the file.
// Errors:    of opening; a line that cannot be written is told to the log and stops nobody's work.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "net/http_message.h"

namespace hearth::api {

// What a handler adds to its line.
struct AuditNote {
  std::string model;  // as it was asked for
  std::optional<std::uint64_t> prompt_tokens;
  std::optional<std::uint64_t> completion_tokens;
};

struct AuditEntry {
  std::int64_t wall_ms = 0;  // when the request was whole
  const net::HttpRequest& request;
  const AuditNote& note;
  int status = 0;
  double seconds = 0;
  std::string_view key_id = {};  // empty without a key
};

// Without its newline. Pure.
std::string audit_line(const AuditEntry& entry);

class AuditLog {
 public:
  // For its owner only, and at its end. kInvalidArgument for what is no regular file.
  static Result<std::unique_ptr<AuditLog>> open(std::string path);

  // GET, HEAD and OPTIONS change nothing and compute nothing, and are left out.
  void note(const AuditEntry& entry);
  // Whoever moved the file away gets a new one. After an error the old one stays in use.
  Result<void> reopen();

 private:
  explicit AuditLog(std::string path) : path_(std::move(path)) {}

  std::string path_;
  Fd file_;
  bool failing_ = false;  // it has been told
};

}  // namespace hearth::api
