#include "flow/plan/reference.h"

#include <charconv>
#include <optional>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "json/parse.h"
#include "json/value_text.h"

namespace hearth::flow {

namespace {

namespace bj = boost::json;

constexpr std::string_view kOpen = "${";
constexpr std::string_view kOutput = "output";

Failure broken(std::string_view said) {
  return fail(Code::kInvalidArgument,
              fmt::format("\"${{{}}}\" is no reference; one looks like ${{s1.output}}", said));
}

std::vector<std::string> split_at_dots(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t dot = text.find('.');
    parts.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

// Of what stands between the braces.
Result<Reference> read_reference(std::string_view said) {
  std::vector<std::string> parts = split_at_dots(said);
  if (parts.size() < 2 || parts[0].empty() || parts[1] != kOutput) return broken(said);
  for (const std::string& part : parts)
    if (part.empty()) return broken(said);
  Reference reference{std::move(parts[0])};
  reference.path.assign(std::make_move_iterator(parts.begin() + 2),
                        std::make_move_iterator(parts.end()));
  return reference;
}

struct Found {
  std::size_t begin = 0, end = 0;  // with its marks
  Reference reference;
};

// The next one at or behind `from`. Only what begins with "${s" and a digit is meant as one: a text
// about shells may have others.
Result<std::optional<Found>> next_reference(std::string_view text, std::size_t from) {
  for (;;) {
    const std::size_t begin = text.find(kOpen, from);
    if (begin == std::string_view::npos) return std::optional<Found>();
    const std::size_t name = begin + kOpen.size();
    const bool meant = name + 1 < text.size() && text[name] == 's' && text[name + 1] >= '0' &&
                       text[name + 1] <= '9';
    const std::size_t close = text.find('}', name);
    if (!meant || close == std::string_view::npos) {
      from = name;
      continue;
    }
    Reference reference = HEARTH_TRY(read_reference(text.substr(name, close - name)));
    return std::optional(Found{begin, close + 1, std::move(reference)});
  }
}

const bj::value* child(const bj::value& value, std::string_view name) {
  if (const bj::object* object = value.if_object()) return object->if_contains(name);
  const bj::array* array = value.if_array();
  std::size_t place = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), place);
  const bool whole = read.ec == std::errc() && read.ptr == name.data() + name.size();
  return array != nullptr && whole ? array->if_contains(place) : nullptr;
}

Result<std::string> value_at(const Reference& reference, const Results& results) {
  const std::string* result = results(reference.step);
  if (result == nullptr) {
    return fail(Code::kInvalidArgument,
                fmt::format("step {} has no result to be used", reference.step), reference.step);
  }
  if (reference.path.empty()) return *result;
  const auto parsed = json::parse(*result, {.bytes = kBoundBytesMost});
  if (!parsed) {
    return fail(Code::kInvalidArgument,
                fmt::format("the result of step {} is no JSON, so that it has no part \"{}\"",
                            reference.step, reference.path.front()),
                reference.step);
  }
  const bj::value* value = &*parsed;
  for (const std::string& name : reference.path) {
    value = child(*value, name);
    if (value != nullptr) continue;
    return fail(Code::kInvalidArgument,
                fmt::format("the result of step {} has no part \"{}\"", reference.step, name),
                reference.step);
  }
  if (const bj::string* text = value->if_string()) return std::string(text->begin(), text->end());
  return json::value_text(*value);
}

Result<void> bind_value(bj::value& value, const Results& results, std::size_t& bytes) {
  if (bj::string* text = value.if_string()) {
    const std::string bound =
        HEARTH_TRY(bind_text(std::string_view(text->data(), text->size()), results));
    bytes += bound.size();
    if (bytes > kBoundBytesMost) {
      return fail(Code::kResourceExhausted, "the results that the arguments use are too long");
    }
    *text = bound;
  } else if (bj::array* array = value.if_array()) {
    for (bj::value& one : *array)
      HEARTH_TRY(bind_value(one, results, bytes));
  } else if (bj::object* object = value.if_object()) {
    for (auto& member : *object)
      HEARTH_TRY(bind_value(member.value(), results, bytes));
  }
  return {};
}

}  // namespace

Result<std::vector<Reference>> references(std::string_view text) {
  std::vector<Reference> all;
  for (std::size_t at = 0;;) {
    std::optional<Found> found = HEARTH_TRY(next_reference(text, at));
    if (!found) return all;
    at = found->end;
    all.push_back(std::move(found->reference));
  }
}

Result<std::string> bind_text(std::string_view text, const Results& results) {
  std::string bound;
  for (std::size_t at = 0;;) {
    const std::optional<Found> found = HEARTH_TRY(next_reference(text, at));
    bound.append(text.substr(at, found ? found->begin - at : std::string_view::npos));
    if (found) bound += HEARTH_TRY(value_at(found->reference, results));
    if (bound.size() > kBoundBytesMost) {
      return fail(Code::kResourceExhausted, "the results that the step uses are too long together");
    }
    if (!found) return bound;
    at = found->end;
  }
}

Result<std::string> bind_json(std::string_view text, const Results& results) {
  bj::value value = HEARTH_TRY(json::parse(text, {.bytes = kBoundBytesMost}));
  std::size_t bytes = 0;
  HEARTH_TRY(bind_value(value, results, bytes));
  return json::value_text(value);
}

}  // namespace hearth::flow
