// What the routes of llama-server's dialect work with.
//
// Ownership: borrows everything; it must outlive the router.
// Threads:   confined to the loop.
#pragma once

#include <string>

#include "api/core/answers.h"
#include "api/core/router.h"
#include "api/core/vectors.h"
#include "api/hearth/control.h"
#include "provider/provider.h"

namespace hearth::api::llamacpp {

struct Parts {
  provider::Provider& provider;
  const Control& control;
  Answers& answers;
  Vectors& vectors;
};

// Whom a request means that names this model, or, empty, none: that of its port, else the one it
// names, else the default. llama-server's clients name none.
Result<std::string> model_meant(const Call& call, const Parts& parts, const std::string& named);

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error);

// The tokens or the text of something; an error where the model is not for this caller.
// Nothing when the client has gone.
asio::awaitable<std::optional<Result<chat::Tokens>>> ask_tokens(Call& call, Parts parts,
                                                                chat::TokenizeRequest request);

}  // namespace hearth::api::llamacpp
