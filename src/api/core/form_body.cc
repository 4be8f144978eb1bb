#include "api/core/form_body.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::api {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046

Failure broken(std::string message) {
  return fail(Code::kInvalidArgument, "the form cannot be read: " + std::move(message));
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The value of a parameter behind a first word: form-data; name="file"; filename="a.wav".
std::optional<std::string> find_parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at < header.size()) {
    const std::size_t equals = header.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trimmed(header.substr(at + 1, equals - at - 1));
    std::string value;
    at = equals + 1;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        if (header[at] == '\\' && at + 1 < header.size()) ++at;
        value += header[at];
      }
      at = header.find(';', at);
    } else {
      const std::size_t end = std::min(header.find(';', at), header.size());
      value = std::string(trimmed(header.substr(at, end - at)));
      at = end;
    }
    if (same_word(key, name)) return value;
  }
  return std::nullopt;
}

Result<std::string> read_boundary(std::string_view content_type) {
  const std::string_view kind = trimmed(content_type.substr(0, content_type.find(';')));
  if (!same_word(kind, "multipart/form-data")) {
    return fail(Code::kInvalidArgument,
                "the body must be a form: send it as multipart/form-data, with the recording in a "
                "part called \"file\"");
  }
  auto boundary = find_parameter(content_type, "boundary");
  if (boundary && !boundary->empty() && boundary->size() <= kBoundaryBytesMax) return *boundary;
  return broken("its Content-Type has no boundary of 1 to 70 bytes");
}

Result<FormPart> read_head(std::string_view head) {
  FormPart part;
  bool named = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find(kLineEnd), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(head.size(), end + kLineEnd.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return broken("a line before a part is no header");
    if (!same_word(line.substr(0, colon), "Content-Disposition")) continue;
    const std::string_view value = line.substr(colon + 1);
    part.name = find_parameter(value, "name").value_or("");
    part.file_name = find_parameter(value, "filename").value_or("");
    named = !part.name.empty();
  }
  const bool fits =
      part.name.size() <= kFormNameBytesMax && part.file_name.size() <= kFormNameBytesMax;
  if (!named || !fits || !base::is_utf8(part.name) || !base::is_utf8(part.file_name)) {
    return broken(fmt::format("each part needs a name of 1 to {} bytes", kFormNameBytesMax));
  }
  return part;
}

}  // namespace

Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body) {
  const std::string boundary = HEARTH_TRY(read_boundary(content_type));
  const std::string opening = "--" + boundary;
  const std::string between = std::string(kLineEnd) + opening;
  // What stands before the first boundary is for people whose mail program knows no forms.
  if (!body.starts_with(opening)) {
    const std::size_t first = body.find(between);
    if (first == std::string_view::npos) return broken("its boundary is nowhere in it");
    body.remove_prefix(first + kLineEnd.size());
  }
  body.remove_prefix(opening.size());
  std::vector<FormPart> parts;
  while (!body.starts_with("--")) {
    if (!body.starts_with(kLineEnd)) return broken("a boundary is not at the end of its line");
    if (parts.size() == kFormPartsMax) {
      return broken(fmt::format("it has more than {} parts", kFormPartsMax));
    }
    body.remove_prefix(kLineEnd.size());
    const std::size_t head_end = body.substr(0, kFormHeadBytesMax).find("\r\n\r\n");
    if (head_end == std::string_view::npos) {
      return broken(fmt::format("a part has no head of at most {} bytes", kFormHeadBytesMax));
    }
    FormPart part = HEARTH_TRY(read_head(body.substr(0, head_end)));
    body.remove_prefix(head_end + 2 * kLineEnd.size());
    const std::size_t end = body.find(between);
    if (end == std::string_view::npos) return broken("its last part has no end");
    part.content = body.substr(0, end);
    parts.push_back(std::move(part));
    body.remove_prefix(end + between.size());
  }
  return parts;
}

}  // namespace hearth::api
