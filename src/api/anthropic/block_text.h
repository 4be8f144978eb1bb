// Blocks that stand for text: text itself, documents of plain text, results of a search.
//
// Errors:  kInvalidArgument with the path of the block.
// Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/anthropic/message_call.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::anthropic {

Result<std::string_view> read_block_type(const json::Node& block);
// Nothing for a block of another type.
Result<std::optional<std::string>> read_block_text(const json::Node& block, MessageCall& call);
// A text, or a list of such blocks; with other blocks it is as leave_out() says.
Result<std::string> read_text_blocks(const json::Node& node, MessageCall& call);
// Blocks stand in lines of their own.
void add_line(std::string& text, std::string_view more);
// Notes that a block is left out, by its type. An image is refused, and what is of no type that
// Anthropic's own tools make, unless the client asks for betas.
Result<void> leave_out(const json::Node& block, MessageCall& call);

}  // namespace hearth::api::anthropic
