#include "api/llamacpp/text_fields.h"

#include <algorithm>
#include <utility>

#include "api/core/field_checks.h"
#include "api/core/tool_wish.h"
#include "api/openai/request_fields.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::llamacpp {

namespace {

using chat::TokenizeRequest;
using json::Node;

Result<std::string> model_of(const Node& root, const NameModel& model) {
  std::string named;
  if (const auto node = root.find("model")) named = HEARTH_TRY(read_model_name(*node));
  return model(named);
}

// Sets nothing where the field is absent.
Result<void> read_flag(const Node& root, std::string_view name, bool& flag) {
  if (const auto node = root.find(name)) flag = HEARTH_TRY(node->boolean());
  return {};
}

}  // namespace

Result<TokenizeAsk> read_tokenize(std::string_view body, const NameModel& model) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(
      check_members(root, {"model", "content", "add_special", "parse_special", "with_pieces"}));
  TokenizeAsk ask;
  TokenizeRequest& request = ask.request;
  request.model = HEARTH_TRY(model_of(root, model));
  if (const auto content = root.find("content")) ask.parts = HEARTH_TRY(read_parts(*content));
  request.parse_special = true;  // llama-server's default
  bool with_pieces = false;
  HEARTH_TRY(read_flag(root, "add_special", request.add_special));
  HEARTH_TRY(read_flag(root, "parse_special", request.parse_special));
  HEARTH_TRY(read_flag(root, "with_pieces", with_pieces));
  if (!with_pieces) return ask;
  request.result = TokenizeRequest::Result::kPieces;
  const bool has_tokens = std::any_of(ask.parts.begin(), ask.parts.end(),
                                      [](const RawPrompt& part) { return !part.tokens.empty(); });
  if (!has_tokens) return ask;
  const Node pieces = HEARTH_TRY(root.require("with_pieces"));
  return fail(pieces.wrong("tells the pieces of texts only; /detokenize tells those of tokens"));
}

Result<TokenizeRequest> read_detokenize(std::string_view body, const NameModel& model) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(check_members(root, {"model", "tokens"}));
  TokenizeRequest request;
  request.model = HEARTH_TRY(model_of(root, model));
  request.result = TokenizeRequest::Result::kText;
  if (const auto tokens = root.find("tokens")) request.tokens = HEARTH_TRY(read_tokens(*tokens));
  return request;
}

// What the dialect of chats asks for, and llama-server does not, is put in.
Result<TokenizeRequest> read_apply_template(std::string_view body, const NameModel& model) {
  auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node given(*document);
  HEARTH_TRY(given.members());
  TokenizeRequest request;
  request.model = HEARTH_TRY(model_of(given, model));
  document->as_object()["model"] = request.model;
  auto call = HEARTH_TRY(openai::read_chat_call(Node(*document), {}));
  HEARTH_TRY(take_no_tool_wish(call.own_tools));
  request.conversation = std::move(call.request);
  request.result = TokenizeRequest::Result::kText;
  return request;
}

}  // namespace hearth::api::llamacpp
