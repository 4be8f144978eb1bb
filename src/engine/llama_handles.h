// llama.cpp's objects with one owner each. Included by engine/ alone.
#pragma once

#include <memory>

#include <ggml-cpu.h>
#include <llama.h>

namespace hearth::engine {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using LlamaModel = std::unique_ptr<llama_model, Freed<llama_model_free>>;
using LlamaAdapter = std::unique_ptr<llama_adapter_lora, Freed<llama_adapter_lora_free>>;
using LlamaContext = std::unique_ptr<llama_context, Freed<llama_free>>;
using LlamaSampler = std::unique_ptr<llama_sampler, Freed<llama_sampler_free>>;
using LlamaThreads = std::unique_ptr<ggml_threadpool, Freed<ggml_threadpool_free>>;

}  // namespace hearth::engine
