// docs/llamacpp.md and docs/openapi.yaml name every field of completion that the table in the code
// has, and say of the same ones that they are without effect.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/llamacpp/completion_fields.h"
#include "base/fd.h"
#include "base/units.h"

namespace hearth::api::llamacpp {
namespace {

using ::testing::ContainerEq;
using ::testing::SizeIs;

std::string document(const std::string& name) {
  const auto text = base::load_text_file(std::string(HEARTH_DOCS "/") + name, base::kMiB);
  EXPECT_TRUE(text) << name;
  return text.value_or("");
}

std::vector<std::string> lines_between(std::string_view text, std::string_view first,
                                       std::string_view last) {
  const std::size_t begin = text.find(first);
  const std::size_t end = text.find(last, std::min(begin, text.size()));
  EXPECT_NE(end, std::string_view::npos) << first;
  if (end == std::string_view::npos) return {};
  std::vector<std::string> lines;
  for (std::string_view rest = text.substr(begin, end - begin); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    lines.emplace_back(line);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return lines;
}

// A name, or the beginning of names: `speculative.*`.
struct Documented {
  std::string name;
  bool has_effect = true;
  bool is_about(std::string_view field) const {
    if (!name.ends_with('*')) return name == field;
    return field.starts_with(std::string_view(name).substr(0, name.size() - 1));
  }
};

// Of the table of fields: what stands in backticks in the first cell of a row.
std::vector<Documented> documented_fields() {
  std::vector<Documented> fields;
  for (const std::string& line :
       lines_between(document("llamacpp.md"), "| field of completion |", "\n\n")) {
    const std::size_t cell_end = line.find(" | ");
    const std::string cell = line.substr(0, cell_end);
    const bool has_effect =
        line.substr(std::min(cell_end, line.size())).rfind(" | without", 0) != 0;
    for (std::size_t at = cell.find('`'); at < cell.size(); at = cell.find('`', at)) {
      const std::size_t end = cell.find('`', at + 1);
      fields.push_back({cell.substr(at + 1, end - at - 1), has_effect});
      at = end + 1;
    }
  }
  return fields;
}

TEST(LlamacppDocuments, NameEveryFieldAndWhetherItHasAnEffect) {
  const std::vector<Documented> documented = documented_fields();
  const std::vector<KnownField> known = known_fields();
  ASSERT_GT(known.size(), 40U);
  for (const KnownField& field : known) {
    std::vector<Documented> about;
    std::copy_if(documented.begin(), documented.end(), std::back_inserter(about),
                 [&](const Documented& one) { return one.is_about(field.name); });
    ASSERT_THAT(about, SizeIs(1)) << field.name;
    EXPECT_EQ(about.front().has_effect, field.has_effect) << field.name;
  }
  for (const Documented& one : documented) {
    if (one.has_effect) continue;
    EXPECT_TRUE(std::any_of(known.begin(), known.end(),
                            [&](const KnownField& field) { return one.is_about(field.name); }))
        << one.name << " is in the page and not in the table";
  }
}

TEST(LlamacppDocuments, SayTheSameInTheDescriptionForMachines) {
  std::set<std::string> described;
  for (const std::string& line :
       lines_between(document("openapi.yaml"), "    LlamaWishes:", "    LlamaOnePrompt:")) {
    const std::size_t colon = line.find(": { description: Without effect. }");
    if (colon == std::string::npos) continue;
    const std::size_t begin = line.find_first_not_of(' ');
    described.insert(line.substr(begin, colon - begin));
  }
  std::set<std::string> known;
  for (const KnownField& field : known_fields()) {
    if (!field.has_effect) known.emplace(field.name);
  }
  EXPECT_THAT(described, ContainerEq(known));
}

}  // namespace
}  // namespace hearth::api::llamacpp
