// What the routes of Ollama's dialect work with.
//
// Ownership: borrows everything; it must outlive the router.
// Threads:   confined to the loop.
#pragma once

#include <memory>
#include <string>

#include "api/core/answers.h"
#include "api/core/meeting.h"
#include "api/core/vectors.h"
#include "api/hearth/control.h"
#include "provider/provider.h"

namespace hearth::api::ollama {

class ModelDetails;

struct Parts {
  provider::Provider& provider;
  const Control& control;
  Answers& answers;
  Vectors& vectors;
  ModelDetails& details;
};

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error);
// The same, of a request for this model.
asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error, std::string model);

}  // namespace hearth::api::ollama
