#include "dialogue/template_syntax.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "base/utf8.h"
#include "dialogue/chat_template.h"
#include "dialogue/jinja_fault.h"
#include "dialogue/jinja_watch.h"
#include "dialogue/template_command.h"

namespace hearth::dialogue {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string problem_in(const std::string& text) {
  const Watch watch(kTemplateAllowance);
  const auto read = check_syntax(text);
  return read ? "" : read.error().message;
}

TEST(TemplateSyntax, SaysWhatIsWrongAndWhere) {
  const std::pair<std::string, std::string> cases[] = {
      {"{{ messages }}", ""},
      {"", ""},
      {"a\n{{ b c }}", "line 2, column 6: Expected }}"},
      {"a\nä {{ b c }}", "line 2, column 8: Expected }}"},
      {"{% for m in messages %}\n{{ m }}\n  {% endfr %}\nx {% endfor %}",
       "line 3, column 6: Unknown statement: endfr"},
      {"{% if a %}\n{% for m in b %}{% endif %}", "line 2, column 20: Unknown statement: endif"},
      {"\n {% if a %}\n{% for m in b %}{% endfor %}x",
       "line 2, column 2: the block 'if' is not closed"},
      {"{% for m on messages %}{% endfor %}", "line 1, column 8: Expected 'in'"},
      {"one\n\n{{ a", "line 3, column 5: Expected }}, but the template ends"},
      {"one\n{{ 'a }}", "line 2, column "},
      {"{# never", "line 1, column "},
      {"a\n{{ b[99999999999999999999] }}", "line 2, column 6: a whole number is too large"},
      {"{{ a ? b }}", "line 1, column 6: unexpected character: ?"},
  };
  for (const auto& [text, problem] : cases) {
    EXPECT_THAT(problem_in(text), StartsWith(problem)) << text;
    EXPECT_EQ(problem_in(text).empty(), problem.empty()) << text;
  }
}

TEST(TemplateSyntax, WhatItShowsOfTheTemplateIsALineOfText) {
  const std::string texts[] = {"{{ \xC3\xA4 }}", "{{ a 'c\nd' }}",
                               "{% " + std::string(100'000, 'x') + " %}"};
  for (const std::string& text : texts) {
    const std::string problem = problem_in(text);
    EXPECT_THAT(problem, StartsWith("line 1, column ")) << problem;
    EXPECT_TRUE(base::is_utf8(problem));
    EXPECT_EQ(problem.find('\n'), std::string::npos) << problem;
    EXPECT_LT(problem.size(), 300U);
  }
}

TEST(TemplateSyntax, AModelWithABrokenTemplateSaysWhatIsWrongWithIt) {
  const auto made = ChatTemplate::create({.text = "{% for m in messages %}\n{{ m.content }"});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, Code::kUnimplemented);
  EXPECT_THAT(made.error().message,
              AllOf(StartsWith("cannot read the model's chat template: line 2, column "),
                    HasSubstr("model.chat_template"), Not(HasSubstr("std::exception"))));
}

TEST(TemplateSyntax, TheCommandNamesEveryFileThatCannotBeRead) {
  const base::testing::TemporaryFolder folder;
  std::string paths[] = {folder.write("good.jinja", "{{ messages }}"),
                         folder.write("bad.jinja", "\n{% endfor %}"),
                         folder.write("binary.jinja", "\xFF"), folder.path() + "/none.jinja"};
  std::vector<char*> words;
  for (std::string& path : paths)
    words.push_back(path.data());
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(check_templates_command(words), 1);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, AllOf(Not(HasSubstr("good.jinja")), HasSubstr("binary.jinja is not UTF-8"),
                          HasSubstr("none.jinja: cannot open"),
                          HasSubstr("bad.jinja, line 2, column 4: Unknown statement: endfor\n")));
  EXPECT_EQ(check_templates_command(std::span(words).first(1)), 0);
}

TEST(TextPlace, CountsLinesAndCharacters) {
  EXPECT_EQ(place_in("", 0), (TextPlace{1, 1}));
  EXPECT_EQ(place_in("ab", 1), (TextPlace{1, 2}));
  EXPECT_EQ(place_in("a\nü", 2), (TextPlace{2, 1}));
  EXPECT_EQ(place_in("a\nü!", 4), (TextPlace{2, 2}));
  EXPECT_EQ(place_in("a\n", 99), (TextPlace{2, 1}));
}

}  // namespace
}  // namespace hearth::dialogue
