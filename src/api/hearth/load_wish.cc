#include "api/hearth/load_wish.h"

#include <fmt/format.h>

#include "api/core/keep_alive_field.h"
#include "base/units.h"
#include "fleet/prefetch/expected.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api {

namespace {

constexpr json::Limits kLimits{.bytes = 16 * base::kKiB, .depth = 8, .values = 64};

// It would leave before anybody could ask it.
Result<base::Duration> read_stay(const json::Node& node) {
  const base::Duration time = HEARTH_TRY(read_keep_alive(node));
  if (time == base::Duration::zero()) {
    return fail(
        node.wrong("must not be 0: the model would leave as soon as it is loaded; "
                   "/hearth/v1/models/unload unloads one"));
  }
  return time;
}

Result<std::vector<std::string>> read_then(const json::Node& node) {
  std::vector<std::string> models;
  for (const json::Node& model : HEARTH_TRY(node.elements()))
    models.emplace_back(HEARTH_TRY(model.text()));
  if (models.size() > fleet::kExpectedMax) {
    return fail(node.wrong(
        fmt::format("has {} models; the limit is {}", models.size(), fleet::kExpectedMax)));
  }
  return models;
}

}  // namespace

Result<LoadWish> read_load_wish(std::string_view body) {
  const auto document = json::parse(body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const json::Node root(*document);
  LoadWish wish;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key == "model") {
      wish.model = std::string(HEARTH_TRY(value.text()));
    } else if (key == "keep_alive") {
      if (!value.is_null()) wish.keep_alive = HEARTH_TRY(read_stay(value));
    } else if (key == "then") {
      if (!value.is_null()) wish.then = HEARTH_TRY(read_then(value));
    } else {
      return fail(value.wrong("is not a field of this request"));
    }
  }
  HEARTH_TRY(root.require("model"));
  return wish;
}

}  // namespace hearth::api
