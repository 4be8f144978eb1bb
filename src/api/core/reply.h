// The replies that every dialect gives: JSON, and errors with the headers that belong to them.
//
// Threads: confined to the loop.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/core/errors.h"
#include "base/result.h"
#include "json/writer.h"
#include "net/http_exchange.h"

namespace hearth::api {

namespace asio = boost::asio;

inline constexpr const char* kJsonType = "application/json";

asio::awaitable<void> send_json(net::HttpExchange& exchange, std::string body);
// Opens a stream of events, which no proxy should collect.
// REQUIRES: not answered.
asio::awaitable<Result<void>> begin_events(net::HttpExchange& exchange, std::string type);
// The arguments of a call as an object: those of an answer that was cut are none, and stand in one
// as the text that they are. For dialects where they are no text.
void write_arguments(json::Writer& json, const std::string& arguments);
// Names the fields of the request that have no effect in X-Hearth-Ignored, if there are any.
// REQUIRES: not answered.
void name_ignored(net::HttpExchange& exchange, const std::vector<std::string>& fields);
asio::awaitable<void> send_error(net::HttpExchange& exchange, ErrorReply reply);
// In OpenAI's shape; `param` names the field at fault, if one is.
asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error, std::string param = {});

}  // namespace hearth::api
