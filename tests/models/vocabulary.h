// The tokenizer of a generated model: that of a vocabulary file of llama.cpp, or a small one
// made here from a page of text, so that the smallest models stay near one megabyte.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "header_writer.h"
#include "shape.h"

namespace hearth::models {

// Each adds the tokenizer's keys and returns the number of tokens.

// Copies every key under "tokenizer.", but for the template where there is one here, and adds
// ChatML's where a decoder has none.
Result<std::uint32_t> add_vocabulary_of_file(HeaderWriter& header, const std::string& path,
                                             Family family, const std::string& chat_template);
// Byte-level BPE ("gpt2") with <|im_start|> and <|im_end|> for decoders; WordPiece ("bert") for
// encoders.
std::uint32_t add_small_vocabulary(HeaderWriter& header, Family family);

}  // namespace hearth::models
