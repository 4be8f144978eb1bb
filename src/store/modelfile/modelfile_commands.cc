#include "store/modelfile/modelfile_commands.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/trimmed.h"
#include "base/utf8.h"
#include "store/modelfile/modelfile.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kBlanks = " \t\v\f";
constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kSpaces = " \t\v\f\r\n";
constexpr std::string_view kQuote = "\"";
constexpr std::string_view kLongQuote = "\"\"\"";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct CommandWord {
  std::string_view word;
  Command command;
};
constexpr std::array kCommandWords{
    CommandWord{"from", Command::kFrom},         CommandWord{"parameter", Command::kParameter},
    CommandWord{"template", Command::kTemplate}, CommandWord{"system", Command::kSystem},
    CommandWord{"adapter", Command::kAdapter},   CommandWord{"license", Command::kLicence},
    CommandWord{"message", Command::kMessage},   CommandWord{"renderer", Command::kUnused},
    CommandWord{"parser", Command::kUnused},     CommandWord{"requires", Command::kUnused},
    CommandWord{"draft", Command::kUnused},      CommandWord{"capability", Command::kUnused},
};

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// Whether no quote is open at the end of what has been read. REQUIRES: no spaces around it.
bool is_closed(std::string_view raw) {
  if (raw.starts_with(kLongQuote))
    return raw.size() >= 2 * kLongQuote.size() && raw.ends_with(kLongQuote);
  if (raw.starts_with(kQuote)) return raw.size() >= 2 * kQuote.size() && raw.ends_with(kQuote);
  return true;
}

// REQUIRES: is_closed.
std::string_view without_quotes(std::string_view raw) {
  for (const std::string_view quote : {kLongQuote, kQuote}) {
    if (raw.starts_with(quote)) return raw.substr(quote.size(), raw.size() - 2 * quote.size());
  }
  return raw;
}

Failure unknown_command(std::size_t line, std::string_view word) {
  std::array<std::string_view, kCommandWords.size()> words;
  std::transform(kCommandWords.begin(), kCommandWords.end(), words.begin(),
                 [](const CommandWord& entry) { return entry.word; });
  const std::string_view meant = base::nearest(lower_case(word), words);
  const std::string hint = meant.empty() ? "" : fmt::format("did you mean {}? ", upper_case(meant));
  return wrong_line(line, fmt::format("{} is no command; {}a Modelfile has FROM, PARAMETER, "
                                      "TEMPLATE, SYSTEM, ADAPTER, LICENSE, MESSAGE and lines "
                                      "that begin with #",
                                      in_quotes(word), hint));
}

std::optional<Command> find_command(std::string_view word) {
  const std::string lower = lower_case(word);
  for (const CommandWord& entry : kCommandWords) {
    if (entry.word == lower) return entry.command;
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<ModelfileCommand>> run() {
    std::vector<ModelfileCommand> commands;
    while (skip_to_command()) {
      if (commands.size() == kModelfileCommandsMax) {
        return wrong_line(
            line_, fmt::format("a Modelfile has at most {} commands", kModelfileCommandsMax));
      }
      commands.push_back(HEARTH_TRY(read_command()));
    }
    return commands;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool stands_at(std::string_view set) const { return !at_end() && is_one_of(text_[at_], set); }

  void step() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
  void skip(std::string_view set) {
    while (stands_at(set))
      step();
  }
  std::string_view take_word() {
    const std::size_t begin = at_;
    while (!at_end() && !is_one_of(text_[at_], kSpaces))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool skip_to_command() {
    skip(kSpaces);
    while (stands_at("#")) {
      while (!at_end() && !stands_at(kLineEnds))
        ++at_;
      skip(kSpaces);
    }
    return !at_end();
  }

  Result<ModelfileCommand> read_command() {
    ModelfileCommand read;
    read.line = line_;
    read.word = take_word();
    const auto command = find_command(read.word);
    if (!command) return unknown_command(line_, read.word);
    read.command = *command;
    skip(kBlanks);
    if (*command == Command::kParameter || *command == Command::kMessage) {
      read.argument = take_word();
      skip(kBlanks);
    }
    if (at_end() || stands_at(kLineEnds)) return no_value(read);
    read.value = HEARTH_TRY(take_value());
    return read;
  }

  Failure no_value(const ModelfileCommand& read) const {
    const std::string_view example = read.command == Command::kParameter ? " NAME VALUE"
                                     : read.command == Command::kMessage ? " ROLE TEXT"
                                                                         : " VALUE";
    return wrong_line(line_, fmt::format("{} has no value; write {}{} on one line, and an empty "
                                         "text as \"\"",
                                         read.word, upper_case(read.word), example));
  }

  // To the end of the line, or of the one where the quote ends.
  Result<std::string> take_value() {
    const std::size_t begin = at_;
    const std::size_t first_line = line_;
    std::size_t end = begin;  // behind the last character that is no space
    while (true) {
      const bool line_ends = at_end() || stands_at(kLineEnds);
      if (line_ends && is_closed(text_.substr(begin, end - begin)))
        return std::string(without_quotes(text_.substr(begin, end - begin)));
      if (at_end()) break;
      if (!stands_at(kSpaces)) end = at_ + 1;
      step();
    }
    return wrong_line(first_line,
                      "the quote that begins here is never closed; end the text with the same "
                      "quote, at the end of a line");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

std::size_t line_of(std::string_view text, std::size_t at) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

Result<void> check_text(std::string_view text) {
  if (text.size() > kModelfileBytesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("the Modelfile has {} bytes, and at most {} are possible", text.size(),
                            kModelfileBytesMax));
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return fail(Code::kInvalidArgument, "the Modelfile is UTF-16; save it as UTF-8");
  const std::size_t wrong = std::min(base::find_invalid_utf8(text), text.find('\0'));
  if (wrong == std::string_view::npos) return {};
  return wrong_line(line_of(text, wrong), "there is a byte that is no UTF-8 text");
}

}  // namespace

Failure wrong_line(std::size_t line, std::string_view what) {
  return fail(Code::kInvalidArgument, fmt::format("line {} of the Modelfile: {}", line, what));
}

Result<std::vector<ModelfileCommand>> read_commands(std::string_view text) {
  HEARTH_TRY(check_text(text));
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return Reader(text).run();
}

Result<std::string> quoted_value(std::string_view value) {
  const bool plain = !value.empty() && !value.starts_with(kQuote) &&
                     value.find_first_of(kLineEnds) == std::string_view::npos &&
                     base::trimmed(value, kSpaces) == value;
  if (plain && value.find('\0') == std::string_view::npos) return std::string(value);
  const bool simple = value.find('"') == std::string_view::npos;
  const std::string_view quote = simple ? kQuote : kLongQuote;
  std::string quoted = fmt::format("{}{}{}", quote, value, quote);
  // The surest way to know that it reads back is to read it.
  const auto again = read_commands("SYSTEM " + quoted);
  if (again && again->size() == 1 && again->front().value == value) return quoted;
  return fail(Code::kInvalidArgument,
              fmt::format("{} cannot stand in a Modelfile: it has a line that ends in three "
                          "quotes, or bytes that are no text",
                          in_quotes(value)));
}

}  // namespace hearth::store
