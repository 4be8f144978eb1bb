// What the user asks of `hearth finetune`, as the command line says it.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::cli::finetune {

// The trainer's own defaults are for long trainings from nothing; these suit a few hundred chats.
inline constexpr std::uint32_t kBatchTokens = 1024;
inline constexpr std::uint64_t kSeed = 1;
inline constexpr double kEpochs = 3;

struct Wishes {
  std::vector<std::string> data;  // files of conversations
  std::vector<std::string> validation;
  std::string from;  // a model's name or the path of its file
  std::string name;  // of the model that is made
  std::string out;   // its file; empty is in the models folder
  std::string type = "f16";
  std::optional<double> epochs, minutes, leg_minutes, learning_rate;
  std::optional<std::uint64_t> steps;
  std::uint64_t seed = kSeed;
  std::uint32_t batch_tokens = kBatchTokens;
  std::uint32_t context = 0;  // 0 is the model's
  std::uint32_t threads = 0;  // 0 is all cores
  bool json = false;
  bool force = false;
};

}  // namespace hearth::cli::finetune
