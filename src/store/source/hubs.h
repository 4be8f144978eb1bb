// Asks the hub that a name belongs to what the model consists of: Hugging Face's API, a registry
// that speaks Ollama's protocol, Docker Hub, or a web server's headers. Small documents only, each
// bounded and read without trust: digests are digests, names have no folders, sizes add up.
//
// Threads: thread-safe; find_offer blocks its caller.
// Errors:  kNotFound with the likeliest reason and what to try; kUnauthenticated and
//          kPermissionDenied say which token is missing and where to accept a model's terms;
//          kResourceExhausted when the hub wants us to wait, with for how long; kUpstream and
//          kCorrupt for answers that make no sense, with the host.
#pragma once

#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/web/web.h"
#include "store/name/model_name.h"
#include "store/source/offer.h"

namespace hearth::store {

// Where the hubs are, and with which keys. From the environment in apps/: HEARTH_HF_ENDPOINT or
// HF_ENDPOINT, HF_TOKEN or the hub's token file.
struct Hubs {
  std::string hugging_face = "https://huggingface.co";
  std::string hugging_face_token;
  std::string docker_hub = "https://registry-1.docker.io";
  std::string docker_hub_tokens = "https://auth.docker.io";  // the one other host it may ask
};

// REQUIRES: the name is not a path of this machine.
Result<Offer> find_offer(const ModelName& name, const Hubs& hubs, net::Web& web,
                         const base::CancelToken& cancel);

}  // namespace hearth::store
