// The trainer's job (docs/formats/training.md) from what the user wishes: with what suits a few
// hundred chats where nothing is said.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/finetune/beginning.h"
#include "cli/finetune/wishes.h"

namespace hearth::cli::finetune {

// About how many steps it will be; nothing where only the clock ends it. A guess: nobody has
// counted the tokens yet.
std::optional<std::uint64_t> expected_steps(const Wishes& wishes, const Material& material);

// The files of a training, all in its work folder.
struct WorkFolder {
  std::string path;

  std::string file(const std::string& name) const { return path + "/" + name; }
  std::string job() const { return file("job.json"); }
  std::string begun() const { return file("begun.json"); }
  std::string lock() const { return file("lock"); }
  std::string model() const { return file("model.gguf"); }
  std::string curve() const { return file("curve.csv"); }
  std::string picture() const { return file("curve.svg"); }
};

std::string job_text(const Wishes& wishes, const Material& material, const WorkFolder& work);

}  // namespace hearth::cli::finetune
