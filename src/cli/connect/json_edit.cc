#include "cli/connect/json_edit.h"

#include <optional>

#include "cli/connect/marked_block.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

// What follows walks a text that json::parse has taken, so that it is well formed.
class Walk {
 public:
  Walk(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void step() { ++at_; }
  void skip_spaces() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos)
      ++at_;
  }
  void skip_string() {
    for (++at_; here() != '"' && here() != '\0'; ++at_) {
      if (here() == '\\') ++at_;
    }
    ++at_;
  }
  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = here();
      if (c == '"') {
        skip_string();
        if (depth == 0) return;
        continue;
      }
      if (depth == 0 && c != '{' && c != '[') return skip_word();
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    } while (depth > 0 && at_ < text_.size());
  }

 private:
  void skip_word() {
    while (at_ < text_.size() && std::string_view(" \t\r\n,]}").find(text_[at_]) == text_.npos)
      ++at_;
  }

  std::string_view text_;
  std::size_t at_;
};

struct Member {
  std::size_t begin = 0;  // of its key
  std::size_t value = 0;
  std::size_t end = 0;
};

struct Object {
  std::optional<Member> wanted;
  std::optional<Member> last;
  std::size_t before_wanted = 0;  // the end of the member before it, or the brace
  std::size_t open = 0;           // the brace
};

bool is_same(std::string_view a, std::string_view b) {
  const auto left = json::parse(a);
  const auto right = json::parse(b);
  return left && right && *left == *right;
}

std::string in_quotes(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

// Of the object that begins at `open`.
Object look(std::string_view text, std::size_t open, std::string_view name) {
  Object object;
  object.open = open;
  Walk walk(text, open + 1);
  std::size_t end_before = open + 1;
  for (walk.skip_spaces(); walk.here() == '"'; walk.skip_spaces()) {
    Member member;
    member.begin = walk.at();
    walk.skip_string();
    const std::string_view key = text.substr(member.begin, walk.at() - member.begin);
    walk.skip_spaces();
    walk.step();  // ':'
    walk.skip_spaces();
    member.value = walk.at();
    walk.skip_value();
    member.end = walk.at();
    if (is_same(key, in_quotes(name))) {
      object.wanted = member;
      object.before_wanted = end_before;
    }
    object.last = member;
    end_before = member.end;
    walk.skip_spaces();
    if (walk.here() == ',') walk.step();
  }
  return object;
}

Result<void> check(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    return fail(Code::kInvalidArgument,
                "it begins with a byte order mark, which is no part of JSON; save it without");
  }
  const auto value = json::parse(text);
  if (!value) {
    return fail(Code::kInvalidArgument, "it cannot be read as JSON (" + value.error().message +
                                            "; comments are no part of JSON)");
  }
  if (!value->is_object()) return fail(Code::kInvalidArgument, "it is JSON, but no object");
  return {};
}

std::string line_of(std::size_t depth) {
  return "\n" + std::string(2 * depth, ' ');
}

// `"a": {"b": value}` for what of the path is not there yet.
std::string new_member(const JsonPath& path, std::size_t depth, std::string_view value) {
  std::string out = in_quotes(path[depth]) + ": ";
  if (depth + 1 == path.size()) return out += value;
  return out + "{" + line_of(depth + 2) + new_member(path, depth + 1, value) + line_of(depth + 1) +
         "}";
}

// Where the path ends or breaks off: the object there, and how much of the path leads to it.
struct Place {
  Object object;
  std::size_t depth = 0;
};

Result<Place> find_place(std::string_view text, const JsonPath& path) {
  Place place;
  std::size_t open = text.find('{');
  while (true) {
    place.object = look(text, open, path[place.depth]);
    if (!place.object.wanted || place.depth + 1 == path.size()) return place;
    open = place.object.wanted->value;
    if (text[open] != '{')
      return fail(Code::kInvalidArgument, "'" + path[place.depth] + "' in it is no object");
    ++place.depth;
  }
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<std::string> json_with(std::string text, const JsonPath& path, std::string_view value) {
  if (is_blank(text)) text = "{}\n";
  HEARTH_TRY(check(text));
  const Place place = HEARTH_TRY(find_place(text, path));
  const Object& object = place.object;
  if (object.wanted) {
    const Member& member = *object.wanted;
    const std::size_t size = member.end - member.value;
    if (!is_same(std::string_view(text).substr(member.value, size), value))
      text.replace(member.value, size, value);
    return text;
  }
  const std::string member = line_of(place.depth + 1) + new_member(path, place.depth, value);
  if (object.last) {
    text.insert(object.last->end, "," + member);
  } else {
    const std::size_t close = text.find('}', object.open);
    text.replace(object.open + 1, close - object.open - 1, member + line_of(place.depth));
  }
  return text;
}

Result<std::string> json_without(std::string text, const JsonPath& path, std::string_view value) {
  if (is_blank(text)) return text;
  HEARTH_TRY(check(text));
  const Place place = HEARTH_TRY(find_place(text, path));
  const Object& object = place.object;
  if (place.depth + 1 != path.size() || !object.wanted) return text;
  const Member& member = *object.wanted;
  if (!is_same(std::string_view(text).substr(member.value, member.end - member.value), value))
    return text;
  const bool is_first = object.before_wanted == object.open + 1;
  std::size_t end = member.end;
  if (is_first && object.last->end != member.end) end = text.find(',', end) + 1;
  text.erase(object.before_wanted, end - object.before_wanted);
  return text;
}

Result<bool> json_has(std::string_view text, const JsonPath& path) {
  if (is_blank(text)) return false;
  HEARTH_TRY(check(text));
  const Place place = HEARTH_TRY(find_place(text, path));
  return place.depth + 1 == path.size() && place.object.wanted.has_value();
}

}  // namespace hearth::cli
