// Hides the texts of control tokens in what a client sent while a template is rendered, and finds
// them again in the prompt: each becomes a piece of its own that is not from the template.
//
// Where a client's text begins or ends with a part of such a text, the template, or the text of
// another message, could complete it: these edges are hidden too, and stay apart from the rest of
// the prompt only where they would otherwise have become a control token. So is a whole message
// that is a part of such a text, and a key that is one but for the signs around it, because some
// templates write keys between signs; other names and the words of a schema are not, because
// templates ask what they are.
//
// What a template makes of a client's text may be such a text all the same, when it takes words out
// or writes it in small letters: that is hidden where it is printed.
//
// A placeholder cannot be guessed and begins and ends with a letter, so that templates trim, quote
// and compare it like any word. Where it comes back inside JSON, its text is escaped as JSON wants.
//
// Threads: confined to one rendering.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chat/request.h"
#include "dialogue/chat_template.h"
#include "dialogue/jinja_origin.h"
#include "dialogue/special_index.h"

namespace hearth::dialogue {

// What the keys of an object are: names that somebody chose; fields that the template knows; or
// those of a schema, words that templates ask for and the names of other schemas.
enum class JsonKeys : std::uint8_t { kNames, kFields, kWords, kNamesOfSchemas };

class Disguise final : public TextHider {
 public:
  explicit Disguise(const std::vector<std::string>& special_texts);

  // The same request, with what could become a control token hidden in all that a template sees.
  // REQUIRES: check_conversation() accepted it.
  chat::Request hide(chat::Request request);
  bool hides() const { return !hidden_.empty(); }

  // While the template writes: what it has made of a client's text.
  void hide_in_written(std::string& text) override { hide_in(text); }
  std::size_t count_in(std::string_view text) const override;

  std::vector<PromptPiece> reveal(std::string_view prompt) const;

 private:
  enum class Kind : bool { kWhole, kEdge };
  struct Hidden {
    std::string text;
    Kind kind = Kind::kWhole;
  };
  struct Edges {
    std::size_t begin = 0;  // how many bytes at the beginning
    std::size_t end = 0;
  };

  void hide_in(std::string& text);
  void hide_in_prose(std::string& text);
  void hide_in_name(std::string& name);
  void hide_in_json(std::string& json, JsonKeys keys);
  void hide_specials(std::string& text);
  void hide_edges(std::string& text);
  Edges find_edges(std::string_view text) const;
  bool is_inside_special(std::string_view text) const;
  bool completes_special(std::string_view name) const;
  std::string placeholder(std::string_view text, Kind kind);

  // What stands at the front of `prompt` for something hidden: which, and how many bytes.
  struct Found {
    const Hidden* hidden = nullptr;
    std::size_t size = 0;
    std::string text;
  };
  Found find_at(std::string_view prompt) const;

  const std::vector<std::string>& specials_;
  SpecialIndex index_;
  std::string base_;  // what all placeholders begin with
  std::vector<Hidden> hidden_;
  std::map<std::string, std::string, std::less<>> placeholders_;  // by what they stand for
};

}  // namespace hearth::dialogue
