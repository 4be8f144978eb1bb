#include "api/hearth/tokenize_request.h"

#include <algorithm>
#include <utility>

#include "api/core/field_checks.h"
#include "api/core/tool_wish.h"
#include "api/openai/request_fields.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api {

namespace {

using chat::TokenizeRequest;
using json::Node;

constexpr std::string_view kOfText[] = {"model", "text", "count_only", "add_special",
                                        "parse_special"};
constexpr std::string_view kBesideMessages[] = {"text", "count_only"};

Result<bool> read_flag(const Node& root, std::string_view name) {
  const auto node = root.find(name);
  return node ? node->boolean() : Result<bool>(false);
}

Result<TokenizeCall> read_text(const Node& root) {
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (std::find(std::begin(kOfText), std::end(kOfText), key) == std::end(kOfText)) {
      return fail(value.wrong("is not a field of this request"));
    }
  }
  TokenizeRequest request;
  const Node model = HEARTH_TRY(root.require("model"));
  request.model = HEARTH_TRY(read_model_name(model));
  const Node text = HEARTH_TRY(root.require("text"));
  request.text = std::string(HEARTH_TRY(text.text()));
  request.add_special = HEARTH_TRY(read_flag(root, "add_special"));
  request.parse_special = HEARTH_TRY(read_flag(root, "parse_special"));
  const bool count_only = HEARTH_TRY(read_flag(root, "count_only"));
  if (count_only) request.result = TokenizeRequest::Result::kCount;
  return TokenizeCall{std::move(request), {}};
}

// The tokens of a prompt are the template's affair; their number is everybody's.
Result<TokenizeCall> read_conversation(const Node& root) {
  if (const auto text = root.find("text")) {
    return fail(text->wrong("stands beside messages; send one of them"));
  }
  if (const auto count_only = root.find("count_only")) {
    const bool counted = HEARTH_TRY(count_only->boolean());
    if (!counted) return fail(count_only->wrong("must be true: messages are only counted"));
  }
  auto call = HEARTH_TRY(openai::read_chat_call(root, kBesideMessages));
  HEARTH_TRY(take_no_tool_wish(call.own_tools));
  TokenizeRequest request;
  request.model = call.request.model;
  request.conversation = std::move(call.request);
  request.result = TokenizeRequest::Result::kCount;
  return TokenizeCall{std::move(request), std::move(call.names)};
}

}  // namespace

Result<TokenizeCall> parse_tokenize_request(std::string_view body) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(root.members());
  return root.find("messages") ? read_conversation(root) : read_text(root);
}

}  // namespace hearth::api
