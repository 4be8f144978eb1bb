// What differs between JSON and the notation of Gemma's calls (gemma_text.h).
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "constraint/pattern/code_points.h"
#include "constraint/pattern/pattern.h"
#include "constraint/schema/gemma_text.h"
#include "constraint/schema/raw_strings.h"
#include "constraint/schema/schema_rules.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

namespace {

// Readers skip white space before a key, and a colon or a brace ends it.
constexpr std::string_view kKeyPattern = "^[^\\s:}][^:}]*$";

Expression as_it_is(std::vector<CodePointRange> ranges) {
  return character(std::move(ranges));
}

Expression between_marks(Expression content) {
  const std::string mark(kGemmaQuote);
  return sequence({text(mark), std::move(content), text(mark)});
}

}  // namespace

Result<StringSet> gemma_keys() {
  const Expression content = HEARTH_TRY(content_of_pattern(kKeyPattern));
  return set_of(content);
}

JsonRules add_gemma_rules(Rules& rules) {
  JsonRules gemma = add_json_rules(rules, Layout::kCompact);
  const Expression key =
      sequence({character(all_but({{0, 0x20}, {':', ':'}, {'}', '}'}, {0x85, 0x85}, {0xA0, 0xA0}})),
                repeat(character(all_but({{':', ':'}, {'}', '}'}})), 0)});
  const Expression member = sequence({key, colon(), rule(gemma.value)});
  rules.rules[gemma.object].body = sequence(
      {text("{"), optional(sequence({member, repeat(sequence({comma(), member}), 0)})), text("}")});
  rules.rules[gemma.string].body =
      between_marks(rules_of(strings_before(kGemmaQuote), rules, as_it_is));
  return gemma;
}

std::optional<Expression> SchemaRules::written_key(std::string_view name) const {
  if (notation_ == Notation::kJson) return literal_string(name);
  const Result<StringSet> keys = gemma_keys();
  if (!keys || !keys->accepts(code_points(name))) return std::nullopt;
  return text(std::string(name));
}

void SchemaRules::note_unwritten(const Schemas& schemas, std::string_view name) {
  if (unwritten_) return;
  unwritten_ = document_.wrong(
      having(schemas, "required"), "required",
      fmt::format("the name {} cannot be written in this model's calls, where a name may not be "
                  "empty, begin with white space, or contain \":\" or \"}}\"; give it another one",
                  shown_name(name)));
}

Result<StringSet> SchemaRules::writable_keys(StringSet keys) const {
  if (notation_ == Notation::kJson) return keys;
  const StringSet writable = HEARTH_TRY(gemma_keys());
  return combined(keys, writable, Combine::kBoth);
}

Expression SchemaRules::written_keys(const StringSet& keys, const WriteEnd& behind) {
  if (notation_ == Notation::kGemma) return rules_of(keys, rules_, as_it_is, behind);
  const auto escaped = [this](std::vector<CodePointRange> ranges) {
    return written(character(std::move(ranges)), json_);
  };
  const auto closed = [&behind](std::uint32_t kind) {
    return sequence({text("\""), behind(kind)});
  };
  return sequence({text("\""), rules_of(keys, rules_, escaped, closed)});
}

std::optional<Expression> SchemaRules::written_value(const boost::json::value& value) const {
  if (notation_ == Notation::kJson) return literal(value);
  if (value.is_string()) {
    const std::string_view string = value.get_string();
    if (!strings_before(kGemmaQuote).accepts(code_points(string))) return std::nullopt;
    return between_marks(text(std::string(string)));
  }
  if (!value.is_structured()) return literal(value);
  const bool object = value.is_object();
  std::vector<Expression> parts{text(object ? "{" : "[")};
  const auto add = [&](std::optional<Expression> item) {
    if (!item) return false;
    if (parts.size() > 1) parts.push_back(comma());
    parts.push_back(*std::move(item));
    return true;
  };
  if (object) {
    for (const auto& member : value.get_object()) {
      std::optional<Expression> key = written_key(std::string_view(member.key()));
      std::optional<Expression> inner = written_value(member.value());
      if (!key || !inner || !add(sequence({*key, colon(), *inner}))) return std::nullopt;
    }
  } else {
    for (const boost::json::value& element : value.get_array()) {
      if (!add(written_value(element))) return std::nullopt;
    }
  }
  parts.push_back(text(object ? "}" : "]"));
  return sequence(std::move(parts));
}

Result<Expression> SchemaRules::gemma_string(const Schemas& schemas) {
  Writing writing;
  writing.kind = Writing::Kind::kRaw;
  writing.end = kGemmaQuote;
  const StringSet writable = strings_before(writing.end);
  return between_marks(HEARTH_TRY(raw_content(schemas, {writing, writable, 0})));
}

}  // namespace hearth::constraint
