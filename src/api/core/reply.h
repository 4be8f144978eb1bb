// The replies that every dialect gives: JSON, and errors with the headers that belong to them.
//
// Threads: confined to the loop.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/core/errors.h"
#include "base/result.h"
#include "net/http_exchange.h"

namespace hearth::api {

namespace asio = boost::asio;

inline constexpr const char* kJsonType = "application/json";

asio::awaitable<void> send_json(net::HttpExchange& exchange, std::string body);
// Names the fields of the request that have no effect in X-Hearth-Ignored, if there are any.
// REQUIRES: not answered.
void name_ignored(net::HttpExchange& exchange, const std::vector<std::string>& fields);
asio::awaitable<void> send_error(net::HttpExchange& exchange, ErrorReply reply);
// In OpenAI's shape; `param` names the field at fault, if one is.
asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error, std::string param = {});

}  // namespace hearth::api
