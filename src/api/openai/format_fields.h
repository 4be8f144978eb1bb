// What the text of an answer must be: OpenAI's `response_format`, and llama-server's `grammar` and
// `json_schema`. Whether a schema or a grammar makes sense is found out where it is used.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  kSchemaBytesMax, of a grammar too.
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

Result<void> read_response_format(const json::Node& node, ChatCall& call);
// The `format` of `text` in responses, where nothing is wrapped.
Result<void> read_text_format(const json::Node& node, ChatCall& call);
Result<void> read_grammar(const json::Node& node, ChatCall& call);
Result<void> read_json_schema(const json::Node& node, ChatCall& call);

}  // namespace hearth::api::openai
