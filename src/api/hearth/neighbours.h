// Other programs of this machine that hold models in memory, as functions that main wires: today
// a running Ollama.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
// Errors:  those of store/ollama/running_ollama.h.
#pragma once

#include <functional>
#include <string>

#include "base/callback.h"
#include "store/ollama/running_ollama.h"

namespace hearth::api {

struct Neighbours {
  std::function<void(Callback<store::OllamaState> done)> look;
  std::function<void(std::string model, Callback<store::OllamaFacts> done)> show;
  std::function<void(std::string model, Callback<void> done)> unload;
};

}  // namespace hearth::api
