#include "dialogue/template_command.h"

#include <cstdio>
#include <string>

#include "base/fd.h"
#include "base/utf8.h"
#include "dialogue/chat_template.h"
#include "dialogue/jinja_watch.h"
#include "dialogue/template_check.h"
#include "dialogue/template_syntax.h"
#include "dialogue/template_trial.h"

namespace hearth::dialogue {

namespace {

// The problem, to stand behind the path; empty when there is none.
std::string problem_of(const std::string& path) {
  const auto text = base::load_text_file(path, kTemplateBytesMax);
  if (!text) return ": " + text.error().message;
  if (!base::is_utf8(*text)) return " is not UTF-8 text";
  const Watch watch(kTemplateAllowance);
  const auto read =
      check_template(*text).and_then([&] { return check_syntax(*text); }).and_then([&] {
        return try_conversations(*text);
      });
  if (watch.stopped()) return ": the template " + watch.stopped()->message;
  if (read) return {};
  return (read.error().message.starts_with("line ") ? ", " : ": ") + read.error().message;
}

}  // namespace

int check_templates_command(std::span<char* const> paths) {
  int code = 0;
  for (const char* path : paths) {
    const std::string problem = problem_of(path);
    if (problem.empty()) continue;
    std::fprintf(stderr, "%s%s\n", path, problem.c_str());
    code = 1;
  }
  return code;
}

}  // namespace hearth::dialogue
