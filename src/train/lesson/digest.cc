#include "train/lesson/digest.h"

#include <fstream>

#include "base/units.h"

namespace hearth::train {

void Digest::add_tokenizer(const engine::Model& model) {
  for (std::int32_t token = 0; token < model.vocabulary(); ++token) {
    const char* text = llama_vocab_get_text(model.vocab(), token);
    add(text == nullptr ? "" : text);
    add(static_cast<std::uint64_t>(llama_vocab_get_attr(model.vocab(), token)));
  }
}

Result<void> Digest::add_files(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Code::kNotFound, "cannot read '" + path + "'");
    std::string block(base::kMiB, '\0');
    while (file) {
      file.read(block.data(), static_cast<std::streamsize>(block.size()));
      add(std::string_view(block.data(), static_cast<std::size_t>(file.gcount())));
    }
  }
  return {};
}

}  // namespace hearth::train
