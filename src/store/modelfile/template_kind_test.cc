#include "store/modelfile/template_kind.h"

#include <gtest/gtest.h>

namespace hearth::store {
namespace {

TEST(TemplateKind, GoIsKnownByItsActions) {
  for (const char* text :
       {"{{ .Prompt }}", "{{.System}}", "{{- if .System }}s{{ end }}", "{{ range $i, $m := .M }}",
        "{{ $last }}", "{{/* words */}}", "{{ else }}", "a {{ x }} {{-  end -}}"})
    EXPECT_EQ(template_kind(text), TemplateKind::kGo) << text;
}

TEST(TemplateKind, JinjaIsKnownByItsStatementsAndNames) {
  for (const char* text :
       {"{% for m in messages %}{{ m.content }}{% endfor %}", "{{ messages }}", "{{- bos_token -}}",
        "{{ iffy }}", "{{ ending }}", "{{ '.' }}", "{%- if x %}{{ end }}{% endif %}"})
    EXPECT_EQ(template_kind(text), TemplateKind::kJinja) << text;
}

TEST(TemplateKind, ATextWithoutAPlaceForAnythingIsNone) {
  for (const char* text : {"", "Hello", "{ x }"})
    EXPECT_EQ(template_kind(text), TemplateKind::kNone) << text;
}

TEST(TemplateKind, AnUnfinishedActionIsReadToItsEnd) {
  for (const char* text : {"{{", "{{-", "{{ ", "{{- i"})
    EXPECT_EQ(template_kind(text), TemplateKind::kJinja) << text;
}

}  // namespace
}  // namespace hearth::store
