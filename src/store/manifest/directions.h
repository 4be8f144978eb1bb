// What the author of a model, or a Modelfile, says about its use.
//
// Threads: values.
// Limits:  below; check_manifest holds directions against them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hearth::store {

inline constexpr std::size_t kParametersMax = 256;
inline constexpr std::size_t kParameterNameBytesMax = 64;
inline constexpr std::size_t kMessagesMax = 1024;

// As a Modelfile has it: `PARAMETER stop "<|end|>"`. A name can stand several times. What a value
// means, and whether the name is known, is not decided here.
struct Parameter {
  std::string name;
  std::string value;

  bool operator==(const Parameter&) const = default;
};

enum class Speaker : std::uint8_t { kSystem, kUser, kAssistant };

struct ExampleMessage {
  Speaker speaker = Speaker::kUser;
  std::string content;

  bool operator==(const ExampleMessage&) const = default;
};

struct Directions {
  std::string chat_template;  // in place of the file's own; empty: that one
  std::string system;
  std::vector<Parameter> parameters;
  std::vector<ExampleMessage> messages;  // a conversation begins with them

  bool operator==(const Directions&) const = default;
};

}  // namespace hearth::store
