#include "constraint/schema/document.h"

#include <charconv>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/utf8.h"
#include "constraint/schema.h"
#include "json/parse.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

constexpr std::size_t kShownBytes = 100;

std::string_view view(const bj::string& string) {
  return {string.data(), string.size()};
}

// A piece of a pointer as it stands in one: ~ and / are escaped.
std::string escaped(std::string_view key) {
  std::string text;
  for (const char letter : key) {
    if (letter == '~') {
      text += "~0";
    } else if (letter == '/') {
      text += "~1";
    } else {
      text += letter;
    }
  }
  return text;
}

std::optional<std::string> without_percents(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view hex = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
    if (error != std::errc() || hex.size() != 2 || end != hex.data() + 2) return std::nullopt;
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

std::string unescaped(std::string_view piece) {
  std::string key;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] == '~' && i + 1 < piece.size() && (piece[i + 1] == '0' || piece[i + 1] == '1')) {
      key += piece[++i] == '0' ? '~' : '/';
    } else {
      key += piece[i];
    }
  }
  return key;
}

const bj::value* child_of(const bj::value& value, const std::string& key) {
  if (const bj::object* object = value.if_object()) return object->if_contains(key);
  const bj::array* array = value.if_array();
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  const bool number = error == std::errc() && end == key.data() + key.size();
  return array != nullptr && number && index < array->size() ? &(*array)[index] : nullptr;
}

}  // namespace

const bj::value* keyword(Schema schema, std::string_view name) {
  const bj::object* object = schema->if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

Result<std::unique_ptr<SchemaDocument>> SchemaDocument::read(std::string_view text,
                                                             Effort& effort) {
  auto value = json::parse(
      text, {.bytes = kSchemaBytesMax, .depth = kSchemaDepthMax, .values = kSchemaValuesMax});
  if (!value) {
    return fail(Code::kInvalidArgument,
                fmt::format("the schema cannot be read: {}", value.error().message));
  }
  return std::unique_ptr<SchemaDocument>(new SchemaDocument(*std::move(value), effort));
}

SchemaDocument::SchemaDocument(bj::value value, Effort& effort)
    : value_(std::move(value)), effort_(effort) {
  std::vector<const bj::value*> pending{&value_};
  places_[&value_] = {};
  while (!pending.empty()) {
    const bj::value* at = pending.back();
    pending.pop_back();
    if (const bj::array* array = at->if_array()) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        places_[&(*array)[i]] = {at, {}, i};
        pending.push_back(&(*array)[i]);
      }
    }
    const bj::object* object = at->if_object();
    if (object == nullptr) continue;
    for (const auto& member : *object) {
      places_[&member.value()] = {at, {member.key().data(), member.key().size()}, 0};
      pending.push_back(&member.value());
    }
    const bj::value* anchor = object->if_contains("$anchor");
    if (anchor != nullptr && anchor->is_string()) {
      anchors_.try_emplace(view(anchor->get_string()), at);
    }
  }
}

std::string SchemaDocument::pointer(const bj::value* at) const {
  std::string text;
  for (auto place = places_.find(at); place != places_.end() && place->second.parent != nullptr;
       place = places_.find(place->second.parent)) {
    const bool element = place->second.parent->is_array();
    text.insert(0,
                "/" + (element ? std::to_string(place->second.index) : escaped(place->second.key)));
  }
  return text;
}

std::string shown_name(std::string_view name) {
  const bool whole = name.size() <= kShownBytes;
  const std::string shown = base::repair_utf8(name.substr(0, kShownBytes));
  return bj::serialize(bj::string(shown + (whole ? "" : "…")));
}

Error SchemaDocument::wrong(const bj::value* schema, std::string_view keyword,
                            std::string_view rest) const {
  std::string where = pointer(schema);
  if (!keyword.empty()) where += "/" + escaped(keyword);
  return make_error(Code::kInvalidArgument,
                    fmt::format("schema{}{}: {}", where.empty() ? "" : " at ",
                                base::repair_utf8(where.substr(0, 4 * kShownBytes)), rest),
                    where);
}

Result<void> SchemaDocument::step(std::size_t steps) const {
  effort_.spend(steps * kEffortOfStep);
  return effort_.check();
}

Result<Schema> SchemaDocument::at_pointer(Schema schema, std::string_view pointer) const {
  const bj::value* at = schema;
  while (!pointer.empty() && at != nullptr) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    at = child_of(*at, unescaped(pointer.substr(0, end)));
    pointer.remove_prefix(end);
  }
  if (at == nullptr) return fail(Code::kNotFound, "names nothing in this schema");
  if (!at->is_bool() && !at->is_object()) return fail(Code::kNotFound, "names no schema");
  return at;
}

Result<Schema> SchemaDocument::target(Schema schema) const {
  const std::string_view reference = view(keyword(schema, "$ref")->get_string());
  const auto refuse = [&](std::string_view why) {
    return fail(
        wrong(schema, "$ref",
              fmt::format("\"{}\" {}", base::repair_utf8(reference.substr(0, kShownBytes)), why)));
  };
  const std::size_t hash = std::min(reference.find('#'), reference.size());
  const std::string_view document = reference.substr(0, hash);
  const bj::value* own_id = keyword(root(), "$id");
  const bool own = document.empty() || (own_id != nullptr && own_id->is_string() &&
                                        view(own_id->get_string()) == document);
  if (!own) {
    return refuse(
        "names another document, which is never fetched; put it under $defs and write "
        "#/$defs/…");
  }
  const auto fragment = without_percents(reference.substr(std::min(hash + 1, reference.size())));
  if (!fragment) return refuse("has a broken % escape");
  if (!fragment->empty() && fragment->front() != '/') {
    const auto anchor = anchors_.find(*fragment);
    if (anchor == anchors_.end()) return refuse("names no $anchor of this schema");
    return anchor->second;
  }
  Result<Schema> found = at_pointer(root(), *fragment);
  if (!found) return refuse(found.error().message);
  return found;
}

}  // namespace hearth::constraint
