// What `hearth-runner --seed-model JOB.json` does: learns a vocabulary from texts and writes a
// model of random weights with it.
//
//   {"shape": {…} or the path of a file with it, "texts": ["chats.jsonl", …], "out": "seed.gguf"}
//
// and, as wanted: "vocabulary_size" (else the shape's), "lines" (of each text, spread evenly; else
// all), "chat_template" (a path), "seed" (else 1), "name", "author", "licence", "description".
// Paths are relative to the working folder.
//
// Threads: pure but for the files.
// Errors:  kInvalidArgument, which names the field; kNotFound for a file; what writing may meet.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "train/shape.h"

namespace hearth::train {

struct Seeded {
  Shape shape;  // with the vocabulary that the texts gave
  std::uint64_t parameters = 0;
  std::uint64_t lines = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t words = 0;  // different ones
  std::string out;
};

Result<Seeded> seed_model(const std::string& job_path);

// The same with what it did on stdout, as one line of JSON, or why not on stderr. Returns the exit
// code.
int seed_model_command(const char* job_path);

}  // namespace hearth::train
