#include "cli/new_name.h"

#include <algorithm>

#include <fmt/format.h>

namespace hearth::cli {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Result<void> check_new_name(const std::string& name) {
  const bool fits =
      !name.empty() && name.size() <= kNewNameBytesMax && is_letter_or_digit(name[0]) &&
      std::all_of(name.begin(), name.end(),
                  [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
  if (fits && !name.ends_with(".gguf")) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("'{}' cannot be a model's name: use up to {} letters, digits and . _ - "
                          "without .gguf",
                          name, kNewNameBytesMax));
}

Result<void> check_free_name(const std::string& name, const store::Catalog& catalog,
                             const store::Aliases& aliases, std::string_view by_force) {
  if (const auto there = catalog.find_model(name)) {
    return fail(
        Code::kAlreadyExists,
        fmt::format("a model is called '{}' already{}; choose another --name, or --force "
                    "to {}",
                    name, there->is_built_in() ? ", which ships with Hearth" : "", by_force));
  }
  const auto plain = store::ModelName::parse(name);
  const auto meant = aliases.resolve(name);
  if (!plain || !meant || *plain == *meant) return {};
  return fail(Code::kAlreadyExists,
              fmt::format("'{}' is short for '{}'; choose another --name, or --force to {}", name,
                          meant->short_text(), by_force));
}

}  // namespace hearth::cli
