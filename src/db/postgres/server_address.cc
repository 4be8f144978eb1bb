#include "db/postgres/server_address.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>

#include <libpq-fe.h>

namespace hearth::db {

namespace {

constexpr std::string_view kStars = "***";

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { ::PQconninfoFree(options); }
};

std::string name_of(const std::map<std::string, std::string>& options) {
  const auto option = [&](const char* key) {
    const auto found = options.find(key);
    return found == options.end() ? std::string() : found->second;
  };
  const std::string host = option("host").empty() ? option("hostaddr") : option("host");
  const std::string port = option("port").empty() ? "" : ":" + option("port");
  return "postgresql://" + host + port + "/" + option("dbname");
}

}  // namespace

Result<ServerAddress> ServerAddress::parse(const std::string& url) {
  char* said = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> read(::PQconninfoParse(url.c_str(), &said));
  if (said != nullptr) ::PQfreemem(said);  // it repeats the URL, whose password nobody knows then
  if (!read) {
    return fail(Code::kInvalidArgument,
                "the URL of the database cannot be read; it looks like "
                "postgresql://USER:PASSWORD@HOST:5432/NAME, with %XX for what is special in a "
                "password");
  }
  ServerAddress address(url);
  std::map<std::string, std::string> options;
  for (const PQconninfoOption* one = read.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr || *one->val == '\0') continue;
    const std::string_view key = one->keyword;
    if (key == "password" || key == "sslpassword")
      address.secrets_.emplace_back(one->val);
    else
      options.emplace(key, one->val);
  }
  address.name_ = name_of(options);
  return address;
}

std::string ServerAddress::without_secrets(std::string said) const {
  for (const std::string& secret : secrets_) {
    for (std::size_t at = 0; (at = said.find(secret, at)) != std::string::npos; at += kStars.size())
      said.replace(at, secret.size(), kStars);
  }
  std::replace(said.begin(), said.end(), '\n', ' ');
  said.erase(said.find_last_not_of(' ') + 1);
  return said;
}

}  // namespace hearth::db
