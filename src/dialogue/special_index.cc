#include "dialogue/special_index.h"

#include <algorithm>
#include <functional>

namespace hearth::dialogue {

namespace {

std::size_t pair_of(char first, char second) {
  return (std::size_t{static_cast<unsigned char>(first)} << 8) | static_cast<unsigned char>(second);
}

void add_once(std::string& bytes, char byte) {
  if (bytes.find(byte) == std::string::npos) bytes += byte;
}

std::string reversed(std::string_view text) {
  return {text.rbegin(), text.rend()};
}

// One of the sorted texts begins so and goes on.
bool any_goes_on(const std::vector<std::string>& sorted, std::string_view begin) {
  auto at = std::lower_bound(sorted.begin(), sorted.end(), begin);
  if (at != sorted.end() && *at == begin) ++at;
  return at != sorted.end() && at->starts_with(begin);
}

}  // namespace

SpecialIndex::SpecialIndex(const std::vector<std::string>& specials) {
  for (const std::string& special : specials) {
    if (special.empty()) continue;
    texts_.push_back(special);
    reversed_.push_back(reversed(special));
    sizes_.push_back(special.size());
    add_once(first_bytes_, special.front());
    add_once(last_bytes_, special.back());
    if (special.size() > 1) pairs_.set(pair_of(special[0], special[1]));
    for (std::size_t second = 0; special.size() == 1 && second < 256; ++second)
      pairs_.set(pair_of(special[0], static_cast<char>(second)));
  }
  const auto each_once = [](auto& list, auto before) {
    std::sort(list.begin(), list.end(), before);
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  each_once(texts_, std::less<>());
  each_once(reversed_, std::less<>());
  each_once(sizes_, std::greater<>());
}

std::size_t SpecialIndex::next(std::string_view text, std::size_t from) const {
  for (std::size_t at = text.find_first_of(first_bytes_, from); at != std::string_view::npos;
       at = text.find_first_of(first_bytes_, at + 1)) {
    if (at + 1 == text.size() || pairs_.test(pair_of(text[at], text[at + 1]))) return at;
  }
  return std::string_view::npos;
}

std::size_t SpecialIndex::size_at_front(std::string_view text) const {
  for (const std::size_t size : sizes_) {
    if (size > text.size()) continue;
    if (std::binary_search(texts_.begin(), texts_.end(), text.substr(0, size), std::less<>()))
      return size;
  }
  return 0;
}

std::size_t SpecialIndex::continued_at_begin(std::string_view text) const {
  if (empty()) return 0;
  for (std::size_t size = std::min(text.size(), sizes_.front() - 1); size > 0; --size) {
    if (last_bytes_.find(text[size - 1]) == std::string::npos) continue;
    if (any_goes_on(reversed_, reversed(text.substr(0, size)))) return size;
  }
  return 0;
}

std::size_t SpecialIndex::unfinished_at_end(std::string_view text) const {
  if (empty()) return 0;
  for (std::size_t size = std::min(text.size(), sizes_.front() - 1); size > 0; --size) {
    const std::string_view end = text.substr(text.size() - size);
    if (first_bytes_.find(end.front()) == std::string::npos) continue;
    if (any_goes_on(texts_, end)) return size;
  }
  return 0;
}

}  // namespace hearth::dialogue
