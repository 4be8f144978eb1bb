// The name of a model: what people type, understood as one of a closed set of sources, and written
// again in one spelling. docs/model-names.md is the page for people; the rules in short, the first
// that fits:
//
//   /x, ./x, ../x, ~/x            a file of this machine
//   https://…                     a page of a known host, a registry, or a .gguf file of the web
//   hf.co/…, registry.ollama.ai/… a known host
//   a/b.gguf                      a file of this machine: it ends in .gguf and has no ':'
//   host:port/…, a.b/ns/model     a registry
//   ai/x; library/x; a/b          Docker Hub; Ollama's library; Hugging Face
//   x, x:tag                      Ollama's library; before that Aliases::resolve looks for an alias
//
// It knows nothing of what exists: no network, no disk, no current folder.
//
// Threads:    immutable.
// Invariants: parse(text()) is the same name; every part has only characters that are safe in a
//             URL, and none leads out of where it stands. A path of this machine is as typed.
// Errors:     kInvalidArgument with the name, what is wrong with it and what to write.
// Limits:     kNameBytesMax, kPathBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/name/source.h"

namespace hearth::store {

inline constexpr std::size_t kPathBytesMax = 4095;

// Whether a name may say http://: nobody protects such a download from the network.
enum class PlainHttp : std::uint8_t { kRefused, kAllowed };

class ModelName {
 public:
  static Result<ModelName> parse(std::string_view text, PlainHttp plain_http = PlainHttp::kRefused);

  const Source& source() const { return source_; }
  // The one spelling, with nothing left out but what is best left open (a quantisation).
  std::string text() const;
  // The same without the host and namespace that are meant when none is named: for lists.
  // Invariant: parse(short_text()) is the same name.
  std::string short_text() const;
  // Equal for names of the same thing: text() with those parts in lower case whose case does not
  // matter. It reads back as a name that has the same key.
  std::string key() const;
  // It was written with http://, so whoever fetches it has to be allowed to.
  bool is_plain_http() const;

  bool operator==(const ModelName&) const = default;

 private:
  explicit ModelName(Source source) : source_(std::move(source)) {}

  Source source_;
};

}  // namespace hearth::store
