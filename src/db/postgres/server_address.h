// The URL of a PostgreSQL server, and what may be said of it: no message has a password in it.
//
// Threads: immutable.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::db {

class ServerAddress {
 public:
  // kInvalidArgument, without the URL's words, when libpq cannot read it.
  static Result<ServerAddress> parse(const std::string& url);

  const std::string& url() const { return url_; }
  // "postgresql://db.example:5432/hearth": for messages.
  const std::string& name() const { return name_; }
  // What libpq says, in one line and with stars where it has a secret of the URL.
  std::string without_secrets(std::string said) const;

 private:
  explicit ServerAddress(std::string url) : url_(std::move(url)) {}

  std::string url_;
  std::string name_;
  std::vector<std::string> secrets_;
};

}  // namespace hearth::db
