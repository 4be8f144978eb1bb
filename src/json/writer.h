// JSON text, written straight into a string: what a reply or an SSE chunk needs, without a tree
// in between. Commas take care of themselves.
//
//   Writer json;
//   json.open('{').key("id").text(id).key("choices").open('[').close(']').close('}');
//
// Invariants: the output is valid JSON when opens and closes match; bytes that are not UTF-8
//             become U+FFFD. A number that is not finite becomes null.
// Threads:    thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::json {

// `text` in quotes, escaped as little as JSON allows.
void append_quoted(std::string& out, std::string_view text);

class Writer {
 public:
  // '{' or '['; close() with its partner.
  Writer& open(char bracket);
  Writer& close(char bracket);
  Writer& key(std::string_view name);
  Writer& text(std::string_view value);
  Writer& number(std::int64_t value);
  Writer& number(std::uint64_t value);
  Writer& number(std::int32_t value) { return number(std::int64_t{value}); }
  Writer& number(std::uint32_t value) { return number(std::uint64_t{value}); }
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  // REQUIRES: one value, as JSON.
  Writer& verbatim(std::string_view json);

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();

  std::string out_;
  bool first_ = true;  // nothing stands yet in the innermost bracket, or a key was just written
};

}  // namespace hearth::json
