#include "access/inbound_key.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hearth::access {

namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 3> kNames = {
    {{Scope::kInference, "inference"}, {Scope::kManage, "manage"}, {Scope::kAdmin, "admin"}}};

}  // namespace

std::string_view scope_name(Scope scope) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const auto& one) { return one.first == scope; });
  return found == kNames.end() ? "" : found->second;
}

std::optional<Scope> scope_named(std::string_view name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const auto& one) { return one.second == name; });
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace hearth::access
