#include "api/anthropic/block_text.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::api::anthropic {

namespace {

using json::Node;

constexpr std::size_t kShownBytes = 64;
// What Anthropic's own tools leave behind; what they found, the assistant's text says, too.
constexpr std::string_view kHosted[] = {"redacted_thinking", "server_tool_use", "mcp_tool_use",
                                        "container_upload", "tool_reference"};
constexpr std::string_view kHostedResult = "_tool_result";

bool is_hosted(std::string_view type) {
  return type.ends_with(kHostedResult) ||
         std::find(std::begin(kHosted), std::end(kHosted), type) != std::end(kHosted);
}

Result<std::string> read_text_block(const Node& block, MessageCall& call) {
  HEARTH_TRY(check_members(block, {{"type", "text"}, {"citations"}}, call));
  const Node text = HEARTH_TRY(block.require("text"));
  return std::string(HEARTH_TRY(text.text()));
}

// Of a document: what it says.
Result<std::string> read_source(const Node& source, MessageCall& call) {
  const Node type = HEARTH_TRY(source.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word == "text") {
    HEARTH_TRY(check_members(source, {{"type", "media_type", "data"}}, call));
    const Node data = HEARTH_TRY(source.require("data"));
    return std::string(HEARTH_TRY(data.text()));
  }
  if (word == "content") {
    HEARTH_TRY(check_members(source, {{"type", "content"}}, call));
    const Node content = HEARTH_TRY(source.require("content"));
    return read_text_blocks(content, call);
  }
  return fail(type.wrong("is supported as \"text\" and \"content\" only; send what it says"));
}

// A title and a context in lines of their own, before what it says.
Result<std::string> read_document(const Node& block, MessageCall& call) {
  HEARTH_TRY(check_members(block, {{"type", "source", "title", "context"}, {"citations"}}, call));
  std::string text = "<document>";
  for (const std::string_view key : {"title", "context"}) {
    const auto node = block.find(key);
    if (node) add_line(text, HEARTH_TRY(node->text()));
  }
  const Node source = HEARTH_TRY(block.require("source"));
  add_line(text, HEARTH_TRY(read_source(source, call)));
  add_line(text, "</document>");
  return text;
}

Result<std::string> read_search_result(const Node& block, MessageCall& call) {
  HEARTH_TRY(check_members(block, {{"type", "source", "title", "content"}, {"citations"}}, call));
  std::string text = "<search_result>";
  for (const std::string_view key : {"title", "source"}) {
    const auto node = block.find(key);
    if (node) add_line(text, HEARTH_TRY(node->text()));
  }
  const Node content = HEARTH_TRY(block.require("content"));
  add_line(text, HEARTH_TRY(read_text_blocks(content, call)));
  add_line(text, "</search_result>");
  return text;
}

}  // namespace

void add_line(std::string& text, std::string_view more) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += more;
}

Result<std::string_view> read_block_type(const Node& block) {
  const Node type = HEARTH_TRY(block.require("type"));
  return type.text();
}

Result<void> leave_out(const Node& block, MessageCall& call) {
  const std::string_view type = HEARTH_TRY(read_block_type(block));
  if (type == "image") {
    return fail(block.wrong("is an image, and no model here sees images yet; send text"));
  }
  const bool is_refused = call.unknown == MessageCall::Unknown::kRefused && !is_hosted(type);
  if (is_refused) {
    return fail(
        block.wrong(fmt::format("is of the type \"{}\", which is not known here; leave it out",
                                base::repair_utf8(type.substr(0, kShownBytes)))));
  }
  note_ignored(call, fmt::format("{}.{}", place_name(block), type));
  return {};
}

Result<std::optional<std::string>> read_block_text(const Node& block, MessageCall& call) {
  const std::string_view type = HEARTH_TRY(read_block_type(block));
  using Reader = Result<std::string> (*)(const Node& block, MessageCall& call);
  Reader read = nullptr;
  if (type == "text") read = read_text_block;
  if (type == "document") read = read_document;
  if (type == "search_result") read = read_search_result;
  if (read == nullptr) return std::optional<std::string>();
  return std::optional<std::string>(HEARTH_TRY(read(block, call)));
}

Result<std::string> read_text_blocks(const Node& node, MessageCall& call) {
  if (node.is_string()) return std::string(HEARTH_TRY(node.text()));
  if (!node.is_array()) return fail(node.wrong("must be a string or an array of blocks"));
  std::string text;
  for (const Node& block : HEARTH_TRY(node.elements())) {
    const auto more = HEARTH_TRY(read_block_text(block, call));
    if (more) {
      add_line(text, *more);
    } else {
      HEARTH_TRY(leave_out(block, call));
    }
  }
  return text;
}

}  // namespace hearth::api::anthropic
