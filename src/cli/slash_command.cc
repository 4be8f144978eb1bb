#include "cli/slash_command.h"

#include <array>

#include "base/nearest.h"
#include "base/trimmed.h"

namespace hearth::cli {

namespace {

constexpr std::string_view kBlanks = " \t\n";

using Kind = SlashCommand::Kind;

struct Known {
  std::string_view name;
  Kind kind;
};
constexpr Known kKnown[] = {{"/help", Kind::kHelp},   {"/?", Kind::kHelp},
                            {"/clear", Kind::kClear}, {"/system", Kind::kSystem},
                            {"/model", Kind::kModel}, {"/think", Kind::kThink},
                            {"/stats", Kind::kStats}, {"/exit", Kind::kExit},
                            {"/bye", Kind::kExit},    {"/quit", Kind::kExit}};

}  // namespace

SlashCommand parse_slash_command(std::string_view line) {
  if (!line.starts_with('/') || line.starts_with("//")) return {};
  const std::size_t space = line.find_first_of(" \t\n");
  const std::string_view name = line.substr(0, space);
  std::array<std::string_view, std::size(kKnown)> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = kKnown[i].name;
    if (kKnown[i].name != name) continue;
    const auto rest = space == std::string_view::npos ? std::string_view() : line.substr(space);
    return {kKnown[i].kind, std::string(base::trimmed(rest, kBlanks))};
  }
  return {Kind::kUnknown, std::string(base::nearest(name, names))};
}

std::string_view slash_help() {
  return "/help           this list\n"
         "/clear          forget the conversation\n"
         "/system TEXT    tell the model how to behave; without TEXT nothing special\n"
         "/model NAME     go on with another model; without NAME show the current one\n"
         "/think on|off   whether the model thinks before it answers; without a word as it likes\n"
         "/stats          figures of the last answer\n"
         "/exit, /bye     leave (Ctrl-D too)\n"
         "A line that ends with \\ goes on in the next one. Ctrl-C stops an answer. A message\n"
         "that starts with a slash is written with two.\n";
}

}  // namespace hearth::cli
