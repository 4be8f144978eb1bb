#include "train/vocabulary/word_counts.h"

#include <algorithm>

#include "train/vocabulary/words.h"

namespace hearth::train {

void WordCounts::add(std::string_view text) {
  bytes_ += text.size();
  Words words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    if (word.size() > kWordBytesMax) continue;
    const auto known = counts_.find(word);
    if (known != counts_.end()) {
      ++known->second;
    } else {
      counts_.emplace(word, 1);
    }
  }
}

std::vector<WordCount> WordCounts::sorted() const {
  std::vector<WordCount> words;
  words.reserve(counts_.size());
  for (const auto& [word, count] : counts_)
    words.push_back({word, count});
  std::sort(words.begin(), words.end(),
            [](const WordCount& a, const WordCount& b) { return a.word < b.word; });
  return words;
}

}  // namespace hearth::train
