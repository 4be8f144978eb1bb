#include "cli/completion_script.h"

namespace hearth::cli {

namespace {

// 'it'\''s' is how every shell here spells a quote inside quotes.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string names_of(const ShellCommand& command) {
  std::string names;
  for (const ShellCommand& inner : command.commands)
    names += inner.name + " ";
  for (const ShellOption& option : command.options)
    names += option.name + " ";
  if (!names.empty()) names.pop_back();
  return names;
}

void append_bash_cases(std::string& out, const std::string& path, const ShellCommand& command) {
  out += "    " + shell_quoted(path) + ") choices=" + shell_quoted(names_of(command)) + " ;;\n";
  for (const ShellCommand& inner : command.commands) {
    append_bash_cases(out, path + " " + inner.name, inner);
  }
}

// The commands that stand before the cursor name the case; options between them are skipped.
std::string bash_body(const ShellCommand& program) {
  std::string out =
      "  local choices='' at='hearth' i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    [[ ${COMP_WORDS[i]} == -* ]] || at=\"$at ${COMP_WORDS[i]}\"\n"
      "  done\n"
      "  while [[ -n $at ]]; do\n"
      "    case $at in\n";
  std::string cases;
  append_bash_cases(cases, "hearth", program);
  out += cases;
  out +=
      "    esac\n"
      "    [[ -n $choices || $at != *' '* ]] && break\n"
      "    at=${at% *}\n"
      "  done\n"
      "  COMPREPLY=($(compgen -W \"$choices\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n";
  return out;
}

std::string bash_script(const ShellCommand& program) {
  return "# bash completion for hearth: source <(hearth completion bash)\n_hearth() {\n" +
         bash_body(program) + "}\ncomplete -o default -F _hearth hearth\n";
}

std::string zsh_script(const ShellCommand& program) {
  return "#compdef hearth\n# zsh completion for hearth: source <(hearth completion zsh)\n"
         "autoload -U +X bashcompinit && bashcompinit\n_hearth() {\n" +
         bash_body(program) + "}\ncomplete -o default -F _hearth hearth\n";
}

void append_fish(std::string& out, const std::string& condition, const ShellCommand& command) {
  const std::string start = "complete -c hearth -n " + shell_quoted(condition);
  for (const ShellCommand& inner : command.commands) {
    out += start + " -f -a " + shell_quoted(inner.name) + " -d " + shell_quoted(inner.help) + "\n";
    append_fish(out, "__fish_seen_subcommand_from " + inner.name, inner);
  }
  for (const ShellOption& option : command.options) {
    out += start + " -l " + shell_quoted(option.name.substr(2)) + " -d " +
           shell_quoted(option.help) + "\n";
  }
}

}  // namespace

std::string completion_script(std::string_view shell, const ShellCommand& program) {
  if (shell == "bash") return bash_script(program);
  if (shell == "zsh") return zsh_script(program);
  std::string out = "# fish completion for hearth: hearth completion fish | source\n";
  append_fish(out, "__fish_use_subcommand", program);
  return out;
}

}  // namespace hearth::cli
