#include "dialogue/disguise.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/ids.h"
#include "dialogue/text_edges.h"
#include "json/parse.h"

namespace hearth::dialogue {

namespace {

constexpr char kEnd = 'x';        // of a placeholder, behind its number
constexpr char kQuote = '"';      // in a placeholder: shows how often it was escaped
constexpr int kEscapingsMax = 3;  // of JSON in JSON in JSON

bool needs_escapes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20;
  });
}

std::string escaped(std::string_view text) {
  const std::string quoted = boost::json::serialize(boost::json::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

constexpr std::array<std::string_view, 4> kHoldNames = {"$defs", "definitions", "patternProperties",
                                                        "properties"};
constexpr std::array<std::string_view, 12> kWords = {"additionalProperties",
                                                     "const",
                                                     "default",
                                                     "description",
                                                     "enum",
                                                     "format",
                                                     "items",
                                                     "nullable",
                                                     "properties",
                                                     "required",
                                                     "title",
                                                     "type"};

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

using Keys = JsonKeys;

Keys keys_within(Keys keys, std::string_view key) {
  if (keys == Keys::kNamesOfSchemas) return Keys::kWords;
  const bool holds_names = keys == Keys::kWords && is_one_of(kHoldNames, key);
  return holds_names ? Keys::kNamesOfSchemas : keys;
}

bool is_name(Keys keys, std::string_view key) {
  return keys != Keys::kFields && (keys != Keys::kWords || !is_one_of(kWords, key));
}

// Calls `change` with every string of a document, and whether it is a name: the key of something.
template <typename Change>
void change_strings(boost::json::value& value, Keys keys, const Change& change) {
  if (auto* text = value.if_string()) {
    std::string changed(*text);
    change(changed, false);
    *text = changed;
  } else if (auto* list = value.if_array()) {
    for (boost::json::value& item : *list)
      change_strings(item, keys, change);
  } else if (auto* object = value.if_object()) {
    boost::json::object renamed;
    for (auto& member : *object) {
      std::string key(member.key());
      const Keys within = keys_within(keys, key);
      change(key, is_name(keys, key));
      change_strings(member.value(), within, change);
      renamed[key] = std::move(member.value());
    }
    *object = std::move(renamed);
  }
}

// A piece of the prompt while it is put together.
struct Part {
  std::size_t begin = 0;  // in the whole text
  std::size_t end = 0;
  bool apart = false;  // is, or has become, a piece of its own
  bool edge = false;
};

// Edges that a control token's text lies on are set apart.
void set_edges_apart(std::string_view all, std::vector<Part>& parts, const SpecialIndex& index) {
  auto next = parts.begin();  // the first that does not end before the finding
  for (std::size_t at = index.next(all, 0); at != std::string_view::npos;
       at = index.next(all, at + 1)) {
    const std::size_t size = index.size_at_front(all.substr(at));
    if (size == 0) continue;
    while (next != parts.end() && next->end <= at)
      ++next;
    for (auto part = next; part != parts.end() && part->begin < at + size; ++part)
      part->apart = part->apart || part->edge;
  }
}

std::vector<PromptPiece> joined(const std::string& all, const std::vector<Part>& parts) {
  std::vector<PromptPiece> pieces;
  for (const Part& part : parts) {
    const std::string text = all.substr(part.begin, part.end - part.begin);
    if (text.empty()) continue;
    if (!part.apart && !pieces.empty() && pieces.back().from_template) {
      pieces.back().text += text;
    } else {
      pieces.push_back({text, !part.apart});
    }
  }
  return pieces;
}

}  // namespace

Disguise::Disguise(const std::vector<std::string>& special_texts)
    : specials_(special_texts), index_(special_texts), base_(base::make_id("hearth")) {}

std::size_t Disguise::count_in(std::string_view text) const {
  std::size_t count = 0;
  std::size_t at = index_.next(text, 0);
  while (at != std::string_view::npos) {
    const std::size_t size = index_.size_at_front(text.substr(at));
    if (size > 0) ++count;
    at = index_.next(text, at + std::max<std::size_t>(size, 1));
  }
  return count;
}

std::string Disguise::placeholder(std::string_view text, Kind kind) {
  std::string key(text);
  key += kind == Kind::kWhole ? 'w' : 'e';
  const auto [place, is_new] = placeholders_.try_emplace(std::move(key));
  if (is_new) {
    place->second = base_ + std::to_string(hidden_.size());
    if (needs_escapes(text)) place->second += kQuote;
    place->second += kEnd;
    hidden_.push_back({std::string(text), kind});
  }
  return place->second;
}

void Disguise::hide_specials(std::string& text) {
  std::string out;
  std::size_t copied = 0;
  std::size_t at = index_.next(text, 0);
  while (at != std::string::npos) {
    const std::string_view rest = std::string_view(text).substr(at);
    const std::size_t longest = index_.size_at_front(rest);
    if (longest > 0) {
      out.append(text, copied, at - copied)
          .append(placeholder(rest.substr(0, longest), Kind::kWhole));
      copied = at + longest;
    }
    at = index_.next(text, at + std::max<std::size_t>(longest, 1));
  }
  if (copied > 0) text = out.append(text, copied);
}

Disguise::Edges Disguise::find_edges(std::string_view text) const {
  return {index_.continued_at_begin(text), index_.unfinished_at_end(text)};
}

void Disguise::hide_edges(std::string& text) {
  // Templates trim: then the edge is where the white space ends.
  const std::size_t begin = begin_without_space(text);
  const std::size_t end = std::max(begin, size_without_space(text));
  const std::string_view inner = std::string_view(text).substr(begin, end - begin);
  const Edges trimmed = find_edges(inner);
  const Edges full = find_edges(text);
  // One edge each: what reaches furthest into the text.
  const std::size_t front = std::max(full.begin, trimmed.begin > 0 ? begin + trimmed.begin : 0);
  const std::size_t front_at = full.begin > 0 ? 0 : begin;
  const std::size_t back =
      std::max(full.end, trimmed.end > 0 ? text.size() - end + trimmed.end : 0);
  const std::size_t back_to = full.end > 0 ? text.size() : end;
  if (front == 0 && back == 0) return;
  const std::string_view whole = text;
  if (front + back > text.size()) {
    text = placeholder(whole, Kind::kEdge);
    return;
  }
  std::string out;
  if (front > 0) {
    out.append(whole.substr(0, front_at))
        .append(placeholder(whole.substr(front_at, front - front_at), Kind::kEdge));
  }
  const std::size_t back_at = back > 0 ? text.size() - back : text.size();
  out.append(whole.substr(front, back_at - front));
  if (back > 0) {
    out.append(placeholder(whole.substr(back_at, back_to - back_at), Kind::kEdge))
        .append(whole.substr(back_to));
  }
  text = std::move(out);
}

void Disguise::hide_in(std::string& text) {
  if (text.empty() || specials_.empty()) return;
  hide_specials(text);
  hide_edges(text);
}

bool Disguise::is_inside_special(std::string_view text) const {
  return std::any_of(specials_.begin(), specials_.end(), [&](const std::string& special) {
    return text.size() < special.size() && special.find(text) != std::string::npos;
  });
}

void Disguise::hide_in_prose(std::string& text) {
  const std::size_t begin = begin_without_space(text);
  const std::size_t end = std::max(begin, size_without_space(text));
  if (begin < end && is_inside_special(std::string_view(text).substr(begin, end - begin))) {
    text.replace(begin, end - begin, placeholder(text.substr(begin, end - begin), Kind::kEdge));
  } else {
    hide_in(text);
  }
}

// A name that the template could write between the signs around it: "<" + "|im_end|" + ">".
bool Disguise::completes_special(std::string_view name) const {
  const auto is_sign = [](char byte) {
    return std::ispunct(static_cast<unsigned char>(byte)) != 0;
  };
  return std::any_of(specials_.begin(), specials_.end(), [&](const std::string& special) {
    const std::size_t at = special.find(name);
    if (name.empty() || at == std::string::npos || name.size() == special.size()) return false;
    return std::all_of(special.begin(), special.begin() + static_cast<std::ptrdiff_t>(at),
                       is_sign) &&
           std::all_of(special.begin() + static_cast<std::ptrdiff_t>(at + name.size()),
                       special.end(), is_sign);
  });
}

void Disguise::hide_in_name(std::string& name) {
  if (completes_special(name)) {
    name = placeholder(std::string(name), Kind::kEdge);
  } else {
    hide_in(name);
  }
}

void Disguise::hide_in_json(std::string& json, Keys keys) {
  if (json.empty() || specials_.empty()) return;
  auto value = json::parse(json);
  if (!value) return;
  const std::size_t before = hidden_.size();
  bool changed = false;
  change_strings(*value, keys, [&](std::string& text, bool named) {
    const std::string original = text;
    named ? hide_in_name(text) : hide_in(text);
    changed = changed || text != original;
  });
  if (changed || hidden_.size() != before) json = boost::json::serialize(*value);
}

chat::Request Disguise::hide(chat::Request request) {
  for (chat::Message& message : request.messages) {
    for (std::string* text : {&message.content, &message.thinking})
      hide_in_prose(*text);
    for (std::string* text : {&message.tool_call_id, &message.tool_name})
      hide_in(*text);
    for (chat::ToolCall& call : message.tool_calls) {
      hide_in(call.id);
      hide_in(call.name);
      hide_in_json(call.arguments, Keys::kNames);
    }
  }
  for (chat::Tool& tool : request.tools) {
    hide_in(tool.name);
    hide_in_prose(tool.description);
    hide_in_json(tool.parameters, Keys::kWords);
  }
  for (chat::TemplateArgument& argument : request.template_arguments)
    hide_in_json(argument.value, Keys::kFields);
  hide_in(request.thinking.effort);
  return request;
}

Disguise::Found Disguise::find_at(std::string_view prompt) const {
  std::size_t at = base_.size();
  std::size_t number = 0;
  while (at < prompt.size() && prompt[at] >= '0' && prompt[at] <= '9' && number < hidden_.size())
    number = number * 10 + static_cast<std::size_t>(prompt[at++] - '0');
  if (at == base_.size() || number >= hidden_.size()) return {};
  const Hidden& hidden = hidden_[number];
  if (!needs_escapes(hidden.text)) {
    if (!prompt.substr(at).starts_with(kEnd)) return {};
    return {&hidden, at + 1, hidden.text};
  }
  std::string mark(1, kQuote);
  std::string text = hidden.text;
  for (int times = 0; times <= kEscapingsMax; ++times) {
    if (prompt.substr(at).starts_with(mark + kEnd)) return {&hidden, at + mark.size() + 1, text};
    mark = escaped(mark);
    text = escaped(text);
  }
  return {};
}

std::vector<PromptPiece> Disguise::reveal(std::string_view prompt) const {
  if (!hides()) return {{std::string(prompt), true}};
  std::string all;
  std::vector<Part> parts;
  const auto add = [&](std::string_view text, bool apart, bool edge) {
    parts.push_back({all.size(), all.size() + text.size(), apart, edge});
    all += text;
  };
  std::size_t copied = 0;
  for (std::size_t at = prompt.find(base_); at != std::string_view::npos;
       at = prompt.find(base_, at + 1)) {
    const Found found = find_at(prompt.substr(at));
    if (found.hidden == nullptr) continue;
    add(prompt.substr(copied, at - copied), false, false);
    const bool edge = found.hidden->kind == Kind::kEdge;
    add(found.text, !edge, edge);
    copied = at + found.size;
  }
  add(prompt.substr(copied), false, false);
  set_edges_apart(all, parts, index_);
  return joined(all, parts);
}

}  // namespace hearth::dialogue
