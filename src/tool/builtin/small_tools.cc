#include "tool/builtin/small_tools.h"

#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "tool/builtin/calculator.h"
#include "tool/output_clip.h"

namespace hearth::tool {

namespace {

constexpr std::chrono::hours kAnswerPatience{1};

std::string argument(const Work& work, std::string_view name) {
  const auto node = work.arguments.find(name);
  const auto text = node ? node->text() : Result<std::string_view>("");
  return text ? std::string(*text) : std::string();
}

Outcome said(const Spec& spec, const Work& work, std::string_view text) {
  OutputClip clip(spec.output_bytes_max, work.hear);
  clip.take(text);
  Outcome outcome;
  outcome.output = clip.text();
  return outcome;
}

class Calculator final : public Tool {
 public:
  Calculator()
      : Tool({.name = "calculator",
              .description = "Calculates an expression exactly: + - * / % ^ and brackets.",
              .parameters = R"({"type":"object","additionalProperties":false,)"
                            R"("required":["expression"],"properties":{"expression":)"
                            R"({"type":"string","description":"Such as (12.5 - 3) * 4"}}})"}) {}
  Outcome run(const Work& work) const override {
    const auto result = calculate(argument(work, "expression"));
    return result ? said(spec(), work, *result) : failed(result.error().message);
  }
};

class Date final : public Tool {
 public:
  Date()
      : Tool({.name = "get_date",
              .description = "Tells the date, the day of the week and the time.",
              .parameters = R"({"type":"object","additionalProperties":false,"properties":{}})"}) {}
  Outcome run(const Work& work) const override {
    return said(spec(), work, date_text(base::system_clock().wall_ms()));
  }
};

class Question final : public Tool {
 public:
  explicit Question(Asking ask)
      : Tool({.name = "ask_user",
              .description = "Asks the user a question and returns the answer.",
              .parameters = R"({"type":"object","additionalProperties":false,)"
                            R"("required":["question"],"properties":{"question":)"
                            R"({"type":"string","minLength":1,"maxLength":4000,)"
                            R"("description":"The question"}}})",
              .time_limit = kAnswerPatience}),
        ask_(std::move(ask)) {}
  Outcome run(const Work& work) const override {
    const auto answer = ask_(argument(work, "question"), work.cancel);
    if (answer) return said(spec(), work, *answer);
    Outcome outcome = failed(answer.error().message);
    if (answer.error().code == Code::kCancelled) outcome.status = Status::kCancelled;
    if (answer.error().code == Code::kDeadlineExceeded) outcome.status = Status::kTimedOut;
    return outcome;
  }

 private:
  const Asking ask_;
};

}  // namespace

std::unique_ptr<Tool> calculator_tool() {
  return std::make_unique<Calculator>();
}
std::unique_ptr<Tool> date_tool() {
  return std::make_unique<Date>();
}
std::unique_ptr<Tool> question_tool(Asking ask) {
  return std::make_unique<Question>(std::move(ask));
}

std::string date_text(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm here{};
  ::localtime_r(&seconds, &here);
  char text[64];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%d (%A), %H:%M UTC", &here);
  const long offset = here.tm_gmtoff / 60;
  if (offset == 0) return {text, size};
  const long minutes = offset < 0 ? -offset : offset;
  return fmt::format("{}{}{:02}:{:02}", std::string_view(text, size), offset < 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
}

}  // namespace hearth::tool
