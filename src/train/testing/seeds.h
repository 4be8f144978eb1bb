// Small models of random weights, written and loaded again. For tests.
#pragma once

#include <memory>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "engine/llama_log.h"
#include "engine/model.h"
#include "train/seed_model.h"
#include "train/seed_tensors.h"
#include "train/testing/byte_pairs.h"

namespace hearth::train::testing {

inline constexpr const char* kFewWords =
    "the thin thief thinks that the thing is there; the other thing is other than the thin one. "
    "It's 10 o'clock, isn't it? {\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}\n\n"
    "def add(a, b):\n    return a + b\n    # adds what is given, and gives what is added\n";

inline SeedModel small_seed(const std::string& family = "llama") {
  SeedModel model;
  model.vocabulary = learn({kFewWords, kFewWords}, 400);
  model.shape = {.family = family,
                 .layers = 2,
                 .width = 64,
                 .heads = 4,
                 .kv_heads = 2,
                 .head_width = 16,
                 .hidden = 96,
                 .context = 128,
                 .vocabulary = static_cast<std::uint32_t>(model.vocabulary.tokens.size()),
                 .looks_both_ways = find_family(family)->looks_both_ways};
  model.name = "small";
  model.licence = "apache-2.0";
  return model;
}

inline std::unique_ptr<engine::Model> load(const std::string& path) {
  engine::forward_llama_log();
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto loaded = engine::Model::load(engine::ModelFiles(std::move(file)), {.gpu_layers = 0}, {});
  EXPECT_TRUE(loaded) << loaded.error().message;
  return loaded ? *std::move(loaded) : nullptr;
}

}  // namespace hearth::train::testing
