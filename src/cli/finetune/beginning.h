// What a training was begun with, as far as its checkpoints depend on it: kept as begun.json in its
// work folder, so that the same command goes on, and another one is told what differs instead of
// what a checkpoint thinks of it. Times, rates and types may change between runs.
//
// Errors:  kCorrupt for a text that is none.
// Limits:  those of json::parse().
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/finetune/chat_file.h"
#include "cli/finetune/wishes.h"

namespace hearth::cli::finetune {

struct Beginning {
  struct Data {
    std::string path;
    std::uint64_t digest = 0;
  };

  std::string model;  // path
  std::vector<Data> data, validation;
  std::uint64_t seed = 0;
  std::uint32_t batch_tokens = 0;
  std::uint32_t context = 0;
  // Where the result stands there is nothing else: it is of this training, or --force was given.
  bool may_replace = false;

  std::string json() const;
  static Result<Beginning> parse(std::string_view json);
};

struct Material {
  std::string model;  // path
  std::vector<ChatFile> data, validation;
};
Beginning beginning_of(const Wishes& wishes, const Material& material);

// Sentences without their full stop; none where the one goes on where the other stopped.
std::vector<std::string> differences(const Beginning& before, const Beginning& now);

}  // namespace hearth::cli::finetune
