// A Modelfile: Ollama's text that says how a model is made of another one. docs/modelfile.md is
// the page for people. Here is only what it says: which names mean which models, and which paths
// lead where, is found out by whoever makes the model.
//
// Threads: values and pure functions.
// Errors:  kInvalidArgument with the line, what is wrong there and what to write.
// Limits:  below, and those of directions.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

inline constexpr std::size_t kModelfileBytesMax = 2 * base::kMiB;
inline constexpr std::size_t kModelfileCommandsMax = 2048;

struct Modelfile {
  std::vector<std::string> from;  // at least one: a model's name, or paths of its files
  std::vector<std::string> adapters;
  std::optional<std::string> chat_template;  // an empty text takes the base's away
  std::optional<std::string> system;         // likewise
  std::vector<Parameter> parameters;
  std::vector<ExampleMessage> messages;
  std::vector<std::string> licences;

  bool operator==(const Modelfile&) const = default;
};

// What was understood, and what of it has no effect here, as sentences for people.
struct ModelfileReading {
  Modelfile modelfile;
  std::vector<std::string> warnings;
};

Result<ModelfileReading> read_modelfile(std::string_view text);

// Reads back as the same. kInvalidArgument for a text that a Modelfile cannot have: one with a NUL,
// or with a line that ends in three quotes.
Result<std::string> write_modelfile(const Modelfile& modelfile);

// What would make this model again: FROM is where it came from.
Modelfile modelfile_of(const Manifest& manifest);

// Whether FROM or ADAPTER means a file or folder rather than a model's name: it begins like a path
// or ends in ".gguf" without being a file of a hub's repository.
bool is_path(std::string_view from);

}  // namespace hearth::store
