// In which language a chat template is written: Hearth's models use Jinja, Ollama's have Go's.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth::store {

enum class TemplateKind : std::uint8_t {
  kJinja,
  kGo,
  kNone  // no place in it says where anything is to stand
};

TemplateKind template_kind(std::string_view text);

}  // namespace hearth::store
