// Ollama's API, so that OLLAMA_HOST pointing here is enough for its clients:
//
//   POST   /api/generate, /api/chat       answers, as lines of JSON unless "stream" is false
//   POST   /api/embed, /api/embeddings    vectors
//   GET    /api/tags, /api/ps             what there is, and what is loaded
//   POST   /api/show                      all that is known of a model
//   POST   /api/pull, /api/create         told line by line
//   POST   /api/push                      refused
//   POST   /api/copy; DELETE /api/delete
//   HEAD, POST /api/blobs/sha256:…        files of models that are to be made
//   GET    /api/version; GET, HEAD /      how clients look whether somebody is there
//
// Ownership: borrows everything; it must outlive the router.
// Threads:   confined to the loop.
#pragma once

#include "api/core/router.h"
#include "api/ollama/parts.h"

namespace hearth::api::ollama {

void add_routes(Router& router, Parts parts);

}  // namespace hearth::api::ollama
