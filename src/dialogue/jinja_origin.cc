#include "dialogue/jinja_origin.h"

#include <algorithm>

namespace hearth::dialogue {

namespace {

using jinja::is_val;
using jinja::mk_val;
using jinja::value;

bool is_input(const jinja::string_part& part) {
  return part.is_input;
}

bool has_input(const value& of) {
  const auto& parts = of->val_str.parts;
  return std::any_of(parts.begin(), parts.end(), is_input);
}

const value& without_name(const value& argument) {
  const auto* named = jinja::cast_val<jinja::value_kwarg>(argument);
  return named != nullptr ? named->val : argument;
}

// The texts of it; those in lists within a list are another's work.
std::vector<value> texts_of(const std::vector<value>& values) {
  std::vector<value> texts;
  const auto add = [&](const value& one) {
    if (is_val<jinja::value_string>(one)) texts.push_back(one);
  };
  for (const value& given : values) {
    const value& one = without_name(given);
    add(one);
    if (!is_val<jinja::value_array>(one)) continue;
    for (const value& element : one->as_array())
      add(element);
  }
  return texts;
}

// The engine writes the texts of these as JSON and forgets whose they are.
bool is_container(const value& of) {
  return is_val<jinja::value_object>(of) || is_val<jinja::value_array>(of);
}

value text_of(std::string text, bool input) {
  return mk_val<jinja::value_string>(jinja::string(std::move(text), input));
}

}  // namespace

value hidden(const value& written, TextHider& hider) {
  if (!is_val<jinja::value_string>(written) || !has_input(written)) return written;
  const auto& parts = written->val_str.parts;
  jinja::string all;
  bool changed = false;
  for (std::size_t i = 0; i < parts.size();) {
    if (!parts[i].is_input) {
      all.parts.push_back(parts[i++]);
      continue;
    }
    std::string text;
    for (; i < parts.size() && parts[i].is_input; ++i)
      text += parts[i].val;
    const std::size_t size = text.size();
    hider.hide_in_written(text);
    changed = changed || text.size() != size;  // a placeholder is longer than what it hides
    all.parts.push_back({true, std::move(text)});
  }
  return changed ? mk_val<jinja::value_string>(all) : written;
}

value with_origin(const std::string& name, const std::vector<value>& of, const value& made,
                  TextHider& hider) {
  if (of.empty() || !is_val<jinja::value_string>(made) || has_input(made)) return made;
  const std::vector<value> changed = texts_of({of.front()});
  const bool written = name == "tojson" && is_container(of.front());
  if (!written && std::none_of(changed.begin(), changed.end(), has_input)) return made;
  const std::vector<value> texts = texts_of(of);
  std::string text = made->val_str.str();
  std::size_t before = 0;
  for (const value& one : texts)
    before += hider.count_in(one->val_str.str());
  const std::size_t now = hider.count_in(text);
  // Those that stood there before are the template's.
  if (now > 0 && now <= before) return made;
  if (now > before) hider.hide_in_written(text);
  return text_of(std::move(text), true);
}

value letter_of_client(const value& letter) {
  if (!is_val<jinja::value_string>(letter) || letter->val_str.length() != 1) return letter;
  return text_of(letter->val_str.str(), true);
}

value as_template_text(const value& text) {
  if (!is_val<jinja::value_string>(text) || !has_input(text)) return text;
  return text_of(text->val_str.str(), false);
}

}  // namespace hearth::dialogue
