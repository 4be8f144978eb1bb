// The words for how a model was quantised, as names and file names write them: "Q4_K_M",
// "iq4_xs", "UD-Q4_K_XL", "fp16", "MXFP4". Families and suffixes are known; which combinations
// somebody really makes is not.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::store {

// Such a word in its one spelling: upper case, FP16 as F16. Nothing when it is none.
std::optional<std::string> parse_quant(std::string_view word);

// The last such word of a file's name, or of the folder it is in: "a/b-1.5b-q4_k_m.gguf" has
// Q4_K_M. Empty when there is none.
std::string quant_of_file(std::string_view path);

// The place in the order of what is taken when nobody says: 0 is Q4_K_M, the best for its size.
// Then what is near it, then more bits, at last fewer. Nothing for a word that is not in the order.
std::optional<std::size_t> quant_rank(std::string_view quant);

}  // namespace hearth::store
