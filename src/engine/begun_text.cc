#include "engine/begun_text.h"

#include <algorithm>
#include <utility>

namespace hearth::engine {

namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kWordBytes =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-";

bool is_blank(char byte) {
  return kBlank.find(byte) != std::string_view::npos;
}

// Of numbers and names, which end where something else begins.
bool is_of_word(char byte) {
  return kWordBytes.find(byte) != std::string_view::npos;
}

Result<bool> word_can_go_on(const constraint::Matcher& matcher) {
  for (const char byte : kWordBytes) {
    constraint::Matcher next = matcher;
    if (HEARTH_TRY(next.accept(std::string_view(&byte, 1)))) return true;
  }
  return false;
}

// Takes a text byte by byte and leaves out what blanks between the parts of JSON the rule refuses.
class BlankReader {
 public:
  explicit BlankReader(constraint::Matcher matcher) : begun_{{}, std::move(matcher), false} {}

  // False where the rule refuses the byte.
  Result<bool> add(char byte) {
    std::string& text = begun_.text;
    const bool skippable = !quoted_ && is_blank(byte);
    // Left out, the blank would make one word of two.
    if (skipped_ && !skippable && in_word() && is_of_word(byte)) return false;
    if (!HEARTH_TRY(begun_.matcher.accept(std::string_view(&byte, 1)))) {
      skipped_ = true;
      return skippable;
    }
    text += byte;
    skipped_ = false;
    if (byte == '"' && !escaped_) quoted_ = !quoted_;
    escaped_ = quoted_ && byte == '\\' && !escaped_;
    return true;
  }

  Result<BegunText> finish() {
    if (skipped_ && in_word()) begun_.ends_in_word = HEARTH_TRY(word_can_go_on(begun_.matcher));
    return std::move(begun_);
  }

 private:
  bool in_word() const { return !begun_.text.empty() && is_of_word(begun_.text.back()); }

  BegunText begun_;
  bool quoted_ = false;
  bool escaped_ = false;
  bool skipped_ = false;  // a blank, just before
};

}  // namespace

Result<std::optional<BegunText>> take_in(constraint::Matcher matcher, std::string_view text,
                                         Blanks blanks) {
  constraint::Matcher whole = matcher;
  if (HEARTH_TRY(whole.accept(text))) return BegunText{std::string(text), std::move(whole), false};
  if (blanks == Blanks::kAsTheyAre) return std::nullopt;
  BlankReader reader(std::move(matcher));
  for (const char byte : text) {
    if (!HEARTH_TRY(reader.add(byte))) return std::nullopt;
  }
  return std::optional<BegunText>(HEARTH_TRY(reader.finish()));
}

Blanks blanks_of_calls(const dialogue::CallGrammar& calls) {
  using Written = dialogue::CallArguments::Written;
  const bool documents =
      std::all_of(calls.arguments.begin(), calls.arguments.end(), [](const auto& arguments) {
        return arguments.rule.empty() || arguments.written == Written::kDocument;
      });
  return documents ? Blanks::kReadOver : Blanks::kAsTheyAre;
}

}  // namespace hearth::engine
