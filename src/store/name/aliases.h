// Short names for models: a list that ships with Hearth (models/aliases.txt), and the user's own
// over it. docs/formats/aliases.md describes the text.
//
// An alias is a name without '/' that stands for a full one. It never stands for another alias, so
// there are no circles.
//
// Threads: immutable.
// Errors:  kInvalidArgument with FILE:LINE and what to change.
// Limits:  below.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/name/model_name.h"

namespace hearth::store {

inline constexpr std::size_t kAliasBytesMax = 64 * 1024;  // of a file
inline constexpr std::size_t kAliasesMax = 1024;

struct Alias {
  std::string name;  // as it is written in the list
  ModelName target;
};

class Aliases {
 public:
  // `file` is only for messages.
  static Result<Aliases> parse(std::string_view text, const std::string& file,
                               PlainHttp plain_http = PlainHttp::kRefused);
  // What ships with Hearth.
  static Aliases built_in();
  // What ships, and the user's file over it, which need not exist.
  static Result<Aliases> load(const std::string& user_file,
                              PlainHttp plain_http = PlainHttp::kRefused);

  // These, where the others do not say otherwise.
  Aliases overridden_by(const Aliases& others) const;

  // In any case of letters; null when there is none.
  const ModelName* find(std::string_view name) const;
  // In the order of their names.
  std::vector<Alias> list() const;

  // What somebody typed: an alias; an alias with a quantisation behind it ("codellama:Q8_0"), if
  // the alias leaves that open; else what ModelName::parse makes of it. So "codellama:latest" is
  // Ollama's.
  Result<ModelName> resolve(std::string_view text,
                            PlainHttp plain_http = PlainHttp::kRefused) const;

 private:
  std::map<std::string, Alias, std::less<>> aliases_;  // by the name in lower case
};

}  // namespace hearth::store
