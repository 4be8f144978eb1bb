// llama-server's API, so that its clients need only be pointed here:
//
//   POST /completion, /completions     what a model goes on with, whole or as a stream
//   POST /infill                       what belongs between two texts
//   POST /tokenize, /detokenize        texts to tokens and back
//   POST /apply-template               a conversation as its model reads it
//   POST /embedding, /embeddings       vectors
//   POST /rerank, /reranking, /v1/…    refused: no model judges pairs of texts yet
//   GET  /props, /slots                of the model that a request without one means
//   POST /slots/*                      refused
//   GET  /models                       what there is, and what is loaded
//   GET  /v1/health                    as /health
//
// /health and /metrics are Hearth's own (api/hearth); series.h adds llama-server's names to these.
//
// Ownership: borrows everything; it must outlive the router.
// Threads:   confined to the loop.
#pragma once

#include "api/core/router.h"
#include "api/llamacpp/parts.h"

namespace hearth::api::llamacpp {

void add_routes(Router& router, Parts parts);

// completion.cc
asio::awaitable<void> complete(Call& call, Parts parts);
asio::awaitable<void> fill_gap(Call& call, Parts parts);

// texts.cc
asio::awaitable<void> tokenize(Call& call, Parts parts);
asio::awaitable<void> detokenize(Call& call, Parts parts);
asio::awaitable<void> apply_template(Call& call, Parts parts);

// embedding.cc
asio::awaitable<void> embed(Call& call, Parts parts);

// server_facts.cc
asio::awaitable<void> show_props(Call& call, Parts parts);
asio::awaitable<void> show_slots(Call& call, Parts parts);
asio::awaitable<void> list_models(Call& call, Parts parts);

}  // namespace hearth::api::llamacpp
