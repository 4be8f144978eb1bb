#include "store/manifest/mending.h"

#include <fmt/format.h>

#include "store/name/name_rules.h"

namespace hearth::store {

std::string how_to_mend(const Manifest& manifest) {
  const ModelName& origin = manifest.origin.name;
  if (const auto* path = std::get_if<PathName>(&origin.source())) {
    return fmt::format("make it again from {}, with `hearth import` or `hearth create`",
                       in_quotes(path->path));
  }
  return fmt::format("`hearth pull {}` fetches it anew", origin.short_text());
}

}  // namespace hearth::store
