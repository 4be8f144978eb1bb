#include "api/openai/format_fields.h"

#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/tool_parts.h"

namespace hearth::api::openai {

namespace {

using json::Node;
using Kind = chat::Constraint::Kind;

Result<void> set_constraint(const Node& node, ChatCall& call, chat::Constraint constraint) {
  if (call.request.constraint.kind != Kind::kNone) {
    return fail(node.wrong(
        "contradicts another field; send one of response_format, grammar and json_schema"));
  }
  call.request.constraint = std::move(constraint);
  call.names.constraint = node.path().substr(0, node.path().find('.'));
  return {};
}

Result<void> set_schema(const Node& schema, ChatCall& call) {
  HEARTH_TRY(schema.members());
  std::string text = schema.json();
  if (text.size() > kSchemaBytesMax) {
    return fail(schema.wrong(fmt::format("is longer than {} bytes", kSchemaBytesMax)));
  }
  return set_constraint(schema, call, {Kind::kSchema, std::move(text)});
}

// With a schema it is llama-server's; one that is empty still asks for an object.
Result<void> read_object_format(const Node& node, ChatCall& call) {
  HEARTH_TRY(check_members(node, {"type", "schema"}));
  const auto schema = node.find("schema");
  if (schema && !HEARTH_TRY(schema->members()).empty()) return set_schema(*schema, call);
  return set_constraint(node, call, {Kind::kAnyObject});
}

// An answer always is what its schema says, so `strict` asks for nothing more.
Result<void> read_schema_format(const Node& node, ChatCall& call) {
  HEARTH_TRY(check_members(node, {"type", "json_schema", "schema"}));
  const auto bare = node.find("schema");  // as llama-server takes it
  const auto wrapped = node.find("json_schema");
  if (bare && !wrapped) return set_schema(*bare, call);
  if (bare) return fail(bare->wrong("stands beside json_schema; send one of them"));
  const Node wrapper = HEARTH_TRY(node.require("json_schema"));
  HEARTH_TRY(check_members(wrapper, {"name", "description", "schema", "strict"}));
  for (const std::string_view label : {"name", "description"}) {
    const auto value = wrapper.find(label);
    if (!value) continue;
    HEARTH_TRY(value->text());
    if (label == "description") note_ignored(call, value->path());
  }
  if (const auto strict = wrapper.find("strict")) HEARTH_TRY(strict->boolean());
  const Node schema = HEARTH_TRY(wrapper.require("schema"));
  return set_schema(schema, call);
}

}  // namespace

Result<void> read_response_format(const Node& node, ChatCall& call) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word == "text") return check_members(node, {"type"});
  if (word == "json_object") return read_object_format(node, call);
  if (word == "json_schema") return read_schema_format(node, call);
  return fail(type.wrong("must be \"text\", \"json_object\" or \"json_schema\""));
}

Result<void> read_text_format(const Node& node, ChatCall& call) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word == "text") return check_members(node, {"type"});
  if (word == "json_object") {
    HEARTH_TRY(check_members(node, {"type"}));
    HEARTH_TRY(set_constraint(node, call, {Kind::kAnyObject}));
  } else if (word == "json_schema") {
    HEARTH_TRY(check_members(node, {"type", "name", "description", "schema", "strict"}));
    if (const auto strict = node.find("strict")) HEARTH_TRY(strict->boolean());
    const Node schema = HEARTH_TRY(node.require("schema"));
    HEARTH_TRY(set_schema(schema, call));
  } else {
    return fail(type.wrong("must be \"text\", \"json_object\" or \"json_schema\""));
  }
  call.names.constraint = node.path();
  return {};
}

Result<void> read_grammar(const Node& node, ChatCall& call) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (text.empty()) return {};  // llama-server's default
  if (text.size() > kSchemaBytesMax) {
    return fail(node.wrong(fmt::format("is longer than {} bytes", kSchemaBytesMax)));
  }
  return set_constraint(node, call, {Kind::kGrammar, std::string(text)});
}

Result<void> read_json_schema(const Node& node, ChatCall& call) {
  return set_schema(node, call);
}

}  // namespace hearth::api::openai
