// Any arguments of a tool are fine or have problems in words, any answer of a process that holds a
// tool is one or none, and any output becomes text within its bounds. What stands before a zero
// byte is the name of the tool.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "base/utf8.h"
#include "tool/builtin/builtin.h"
#include "tool/builtin/calculator.h"
#include "tool/held/request.h"
#include "tool/output_clip.h"

namespace tool = hearth::tool;

namespace {

const tool::Toolbox& toolbox() {
  static const auto made = [] {
    tool::BuiltinOptions options;
    options.workspace = std::filesystem::current_path().string();
    options.scratch = "/nowhere";
    options.hosts = {"example.org"};
    return tool::make_toolbox(options).value();
  }();
  return *made;
}

void check_call(std::string_view name, std::string_view arguments) {
  const auto problems = toolbox().check(name, arguments);
  for (const std::string& problem : problems)
    HEARTH_ASSERT(!problem.empty() && hearth::base::is_utf8(problem));
  const auto decision = toolbox().decide(tool::Policy(), name, arguments);
  HEARTH_ASSERT(problems.empty() || decision.rule == tool::Rule::kDeny);
}

void check_clip(std::string_view bytes) {
  std::size_t heard = 0;
  const tool::Hearing hear = [&](std::string_view piece) {
    HEARTH_ASSERT(hearth::base::is_utf8(piece));
    heard += piece.size();
  };
  tool::OutputClip clip(64, hear);
  clip.take(bytes.substr(0, bytes.size() / 3));
  clip.take(bytes.substr(bytes.size() / 3));
  const std::string text = clip.text();
  HEARTH_ASSERT(hearth::base::is_utf8(text));
  HEARTH_ASSERT(text.size() <= 3 * 64 + 100 && heard <= 3 * 64 + 100);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = std::min(input.find('\0'), size);
  check_call(input.substr(0, zero), zero < size ? input.substr(zero + 1) : "{}");
  for (const char* name : {"write_file", "search_files", "fetch_page"})
    check_call(name, input);
  const auto answer = tool::held::parse_answer(input);
  if (answer) HEARTH_ASSERT(tool::held::parse_answer(tool::held::answer_text(*answer)).has_value());
  const auto sum = tool::calculate(input);
  HEARTH_ASSERT(sum ? !sum->empty() : !sum.error().message.empty());
  check_clip(input);
  return 0;
}
