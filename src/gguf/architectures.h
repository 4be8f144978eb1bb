// The few things that must be known of an architecture by its name.
//
// Threads: pure.
#pragma once

#include <string_view>

namespace hearth::gguf {

// Its feed-forward has no gate beside it.
bool has_plain_feed_forward(std::string_view architecture);
// Gives embeddings and keeps no KV.
bool is_encoder_architecture(std::string_view architecture);
// Some or all layers have no attention of the usual kind, so 0 heads is no mistake.
bool may_lack_attention(std::string_view architecture);
// Every layer keeps a recurrent state.
bool is_recurrent_throughout(std::string_view architecture);
// One head size everywhere, and query, key and value matrices that must match it: llama.cpp
// aborts while it builds the graph where they don't.
bool has_plain_attention(std::string_view architecture);
// Plain, and the rotary embedding turns whole heads.
bool rotates_whole_heads(std::string_view architecture);

}  // namespace hearth::gguf
