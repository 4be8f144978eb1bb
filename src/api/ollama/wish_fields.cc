#include "api/ollama/wish_fields.h"

#include <initializer_list>

#include "api/core/field_checks.h"
#include "api/hearth/installed_body.h"
#include "base/units.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::ollama {

namespace {

using json::Node;

constexpr json::Limits kLimits{.bytes = 4 * base::kMiB, .depth = 16, .values = 4096};

struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, ModelWish& wish);
};

// Both names may be sent, by libraries that serve old and new servers.
Result<void> read_model(const Node& node, ModelWish& wish) {
  std::string name = HEARTH_TRY(read_model_name(node));
  if (!wish.model.empty() && wish.model != name) {
    return fail(node.wrong("contradicts the other name of the model; send \"model\" alone"));
  }
  wish.model = std::move(name);
  return {};
}

Result<void> read_insecure(const Node& node, ModelWish& wish) {
  wish.insecure = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_stream(const Node& node, ModelWish& wish) {
  wish.telling = HEARTH_TRY(read_telling(node));
  return {};
}

Result<void> ignore(const Node& node, ModelWish& wish) {
  wish.ignored.push_back(node.path());
  return {};
}

Result<ModelWish> read(std::string_view body, std::initializer_list<Field> fields) {
  if (body.empty()) return fail(Code::kInvalidArgument, "missing request body");
  const auto document = json::parse(body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  ModelWish wish;
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    const bool is_name = name == "name" || name == "model";
    const bool is_other_name = is_name && node.is_string() && node.text()->empty();
    if (node.is_null() || is_other_name) continue;
    const auto* field = fields.begin();
    while (field != fields.end() && field->name != name)
      ++field;
    if (field == fields.end()) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(field->read(node, wish));
  }
  if (!wish.model.empty()) return wish;
  return fail(Code::kInvalidArgument, "model is missing", "model");
}

}  // namespace

Result<ModelWish> read_show(std::string_view body) {
  return read(body, {{"model", read_model},
                     {"name", read_model},
                     {"verbose", ignore},
                     {"system", ignore},
                     {"template", ignore},
                     {"options", ignore}});
}

Result<ModelWish> read_pull(std::string_view body) {
  return read(body, {{"model", read_model},
                     {"name", read_model},
                     {"insecure", read_insecure},
                     {"stream", read_stream},
                     {"username", ignore},
                     {"password", ignore}});
}

Result<ModelWish> read_delete(std::string_view body) {
  return read(body, {{"model", read_model}, {"name", read_model}});
}

Result<CopyWish> read_copy(std::string_view body) {
  if (body.empty()) return fail(Code::kInvalidArgument, "missing request body");
  const auto document = json::parse(body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(check_members(root, {"source", "destination"}));
  CopyWish wish;
  const Node source = HEARTH_TRY(root.require("source"));
  wish.source = HEARTH_TRY(read_model_name(source));
  const Node destination = HEARTH_TRY(root.require("destination"));
  wish.destination = HEARTH_TRY(read_model_name(destination));
  return wish;
}

}  // namespace hearth::api::ollama
