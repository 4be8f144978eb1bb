#include "api/core/role.h"

namespace hearth::api {

Result<void> play(const Role* role, chat::Request& request) {
  if (role == nullptr) return {};
  request.model = role->model;
  if (role->kind == Role::Kind::kReasoning) return {};
  return fail(Code::kUnimplemented,
              "this port makes embeddings and writes no text; ask the daemon's main port");
}

void play(const Role* role, chat::EmbedRequest& request) {
  if (role == nullptr) return;
  request.model = role->model;
  if (request.dimensions == 0) request.dimensions = role->dimensions;
}

}  // namespace hearth::api
