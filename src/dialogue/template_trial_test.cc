#include "dialogue/template_trial.h"

#include <utility>

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "dialogue/chat_template.h"
#include "dialogue/jinja_watch.h"
#include "dialogue/template_command.h"
#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

std::string problem_in(const std::string& text) {
  const Watch watch(kTemplateAllowance);
  const auto tried = try_conversations(text);
  return tried ? "" : tried.error().message;
}

TEST(TemplateTrial, SaysWhatFailsInEveryConversationAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"a\n{% for m in messages %}\n  ä {{ m.content | trin }}{% endfor %}",
       "line 3, column 18: Unknown (built-in) filter 'trin' for type String"},
      {"{{ messages[0].role }}\n{{ raise_exception('no\nway') }}", "line 2, column 19: no way"},
      {"\n\n{% if messages is nope %}{% endif %}", "line 3, column 16: Unknown test 'nope'"},
  };
  for (const auto& [text, problem] : cases)
    EXPECT_EQ(problem_in(text), problem) << text;
}

TEST(TemplateTrial, ATemplateMayRefuseSomeConversations) {
  constexpr const char* kTexts[] = {
      "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}",
      "{% if messages[0].role != 'system' %}{{ raise_exception('no') }}{% endif %}",
      "{% if messages | length < 3 %}{{ raise_exception('more') }}{% endif %}",
      "{% if messages[0].content is string %}{{ raise_exception('parts') }}{% endif %}",
      "{{ messages[0].content + 'x' }}"};
  for (const char* text : kTexts)
    EXPECT_EQ(problem_in(text), "") << text;
}

TEST(TemplateTrial, WhatNeedsOtherVariablesIsNoMistake) {
  constexpr const char* kTexts[] = {"Dear {{ name | trin }},", "{{ raise_exception('always') }}",
                                    "{{ messages }}{{ title | upper }}",
                                    "{{ messages }}{% if most < 3 %}{% endif %}",
                                    "{{ messages }}{{ helper() }}"};
  for (const char* text : kTexts)
    EXPECT_EQ(problem_in(text), "") << text;
}

TEST(TemplateTrial, TheCommandSaysWhatFailsAndWhatNeverEnds) {
  const base::testing::TemporaryFolder folder;
  std::string paths[] = {
      folder.write("good.jinja", "{% for m in messages %}{{ m.content }}{% endfor %}"),
      folder.write("bad.jinja", "\n{{ messages | nope }}"),
      folder.write("endless.jinja",
                   "{{ messages }}{% for a in range(9999) %}{% for b in range(9999) %}"
                   "{% endfor %}{% endfor %}")};
  std::vector<char*> words;
  for (std::string& path : paths)
    words.push_back(path.data());
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(check_templates_command(words), 1);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::AllOf(
                  ::testing::Not(::testing::HasSubstr("good.jinja")),
                  ::testing::HasSubstr("bad.jinja, line 2, column 13: Unknown (built-in) filter"),
                  ::testing::HasSubstr("endless.jinja: the template takes more than")));
}

TEST(TemplateTrial, AllKnownTemplatesPass) {
  for (const std::string& name : testing::known_templates())
    EXPECT_EQ(problem_in(testing::template_text(name)), "") << name;
}

}  // namespace
}  // namespace hearth::dialogue
