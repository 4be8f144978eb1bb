// What models turned out to be able to express when they were loaded, known without loading them
// again; docs/formats/capabilities.md is the page of its text. A model file that was replaced, or
// is loaded with another template, is not known.
//
// Errors:  text that is not ours is no knowledge; nothing depends on it.
// Limits:  kKnownModelsMax; the ones noted longest ago are forgotten first.
// Threads: thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/request.h"
#include "store/model_file.h"

namespace hearth::fleet {

inline constexpr std::size_t kKnownModelsMax = 1024;
inline constexpr std::size_t kCapabilitiesBytesMax = 256 * 1024;

class KnownCapabilities {
 public:
  // What stands in the text, and nothing else.
  void read(std::string_view text);
  std::string text() const;

  // `chat_template` stands in place of the model's own; empty is its own.
  std::optional<chat::Capabilities> find(const store::ModelFile& model,
                                         std::string_view chat_template) const;
  enum class Change : bool { kNone, kSome };
  Change note(const store::ModelFile& model, std::string_view chat_template,
              const chat::Capabilities& capabilities);

 private:
  struct Known {
    std::string key;
    chat::Capabilities capabilities;
  };

  void put_first(Known known);

  std::vector<Known> known_;  // the latest first
};

}  // namespace hearth::fleet
