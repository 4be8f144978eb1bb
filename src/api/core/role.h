// A port at which one model stands for one purpose: whatever a request there calls its model, this
// one answers it. Clients that know llama-server expect a server for each model.
//
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::api {

struct Role {
  enum class Kind : std::uint8_t {
    kEmbeddings,  // vectors only
    kReasoning    // everything that the model can do
  };
  Kind kind = Kind::kEmbeddings;
  std::string model;
  std::uint32_t dimensions = 0;  // of a vector whose request says nothing; 0: the model's own
};

// The role of one of our ports; null where it has none. It outlives the request.
using Roles = std::function<const Role*(std::uint16_t port)>;

// Makes the request the role's, where there is one. kUnimplemented for text where there are vectors
// only.
Result<void> play(const Role* role, chat::Request& request);
void play(const Role* role, chat::EmbedRequest& request);

}  // namespace hearth::api
