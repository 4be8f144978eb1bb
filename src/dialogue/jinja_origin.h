// Which of a template's texts a client sent. The engine marks them and keeps the marks through most
// of what a template does; they are kept here through the rest. So whatever a template makes of a
// client's text (without some of its words, in small letters, turned round), what becomes a control
// token's text by that is hidden before it stands in the prompt.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/jinja_engine.h"

namespace hearth::dialogue {

class TextHider {
 public:
  virtual ~TextHider() = default;
  virtual void hide_in_written(std::string& text) = 0;
  // How many texts that are to be hidden stand there.
  virtual std::size_t count_in(std::string_view text) const = 0;
};

// A value that becomes text of the prompt, with the client's parts of it hidden.
jinja::value hidden(const jinja::value& written, TextHider& hider);

// A text that a filter, a method or an operator of this name has made of these, the first of which
// it changes: marked as a client's where that is one.
jinja::value with_origin(const std::string& name, const std::vector<jinja::value>& of,
                         const jinja::value& made, TextHider& hider);

// What an index finds, when it is a letter: of a template's own text it is harmless as a client's.
jinja::value letter_of_client(const jinja::value& letter);

// A text of the model's own, which the engine is given with the client's.
jinja::value as_template_text(const jinja::value& text);

}  // namespace hearth::dialogue
