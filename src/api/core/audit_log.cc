#include "api/core/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "access/key_secret.h"
#include "api/core/guard.h"
#include "base/log.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

constexpr std::size_t kPathBytesMax = 500;
constexpr std::size_t kModelBytesMax = 500;

// A model may be asked for by a URL, and one of those may have a key in it.
std::string without_login(std::string_view model) {
  const std::size_t scheme = model.find("://");
  if (scheme == std::string_view::npos) return std::string(model.substr(0, kModelBytesMax));
  const std::size_t host = scheme + 3;
  std::string_view rest = model.substr(host);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const std::size_t user_end = rest.substr(0, rest.find('/')).rfind('@');
  if (user_end != std::string_view::npos) rest.remove_prefix(user_end + 1);
  const std::string clean = std::string(model.substr(0, host)) + std::string(rest);
  return clean.substr(0, kModelBytesMax);
}

void write_tokens(json::Writer& json, std::string_view name, std::optional<std::uint64_t> tokens) {
  json.key(name);
  tokens ? json.number(*tokens) : json.null();
}

}  // namespace

std::string audit_line(const AuditEntry& entry) {
  const net::HttpRequest& request = entry.request;
  json::Writer json;
  json.open('{').key("time").text(log::utc_time(entry.wall_ms));
  json.key("id").text(access::without_secrets(request.id));
  json.key("peer").text(request.peer);
  json.key("key");
  entry.key_id.empty() ? json.null() : json.text(entry.key_id);
  json.key("method").text(request.method);
  const std::string path = access::without_secrets(request.path);
  json.key("path").text(std::string_view(path).substr(0, kPathBytesMax)).key("model");
  const std::string model = access::without_secrets(without_login(entry.note.model));
  model.empty() ? json.null() : json.text(model);
  json.key("status").number(entry.status);
  json.key("duration_ms").number(static_cast<std::int64_t>(entry.seconds * 1000));
  write_tokens(json, "prompt_tokens", entry.note.prompt_tokens);
  write_tokens(json, "completion_tokens", entry.note.completion_tokens);
  return json.close('}').take();
}

Result<std::unique_ptr<AuditLog>> AuditLog::open(std::string path) {
  std::unique_ptr<AuditLog> log(new AuditLog(std::move(path)));
  HEARTH_TRY(log->reopen());
  return log;
}

Result<void> AuditLog::reopen() {
  // Opening a FIFO without a reader must not wait.
  constexpr int kHow = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  Fd file(::open(path_.c_str(), kHow, 0600));
  struct stat info{};
  if (!file || ::fstat(file.get(), &info) != 0) {
    return fail(base::errno_error(errno, "cannot open server.audit_log '" + path_ + "'", path_));
  }
  if (!S_ISREG(info.st_mode)) {
    return fail(Code::kInvalidArgument,
                "server.audit_log '" + path_ + "' is no regular file; name one, or none", path_);
  }
  file_ = std::move(file);
  return {};
}

void AuditLog::note(const AuditEntry& entry) {
  if (!changes_something(entry.request.method)) return;
  const auto written = base::write_all(file_.get(), audit_line(entry) + "\n");
  if (!written && !failing_) {
    log::error("the audit log cannot be written", {{"reason", written.error().message}});
  }
  failing_ = !written;
}

}  // namespace hearth::api
