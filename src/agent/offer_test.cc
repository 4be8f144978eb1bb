#include "agent/offer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/builtin/builtin.h"

namespace hearth::agent {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Offer : public ::testing::Test {
 protected:
  static std::vector<std::string> names_of(const Result<std::vector<tool::Spec>>& specs) {
    std::vector<std::string> names;
    if (!specs) return {specs.error().message};
    for (const tool::Spec& spec : *specs)
      names.push_back(spec.name);
    return names;
  }

  const std::unique_ptr<tool::Toolbox> toolbox_ = tool::make_toolbox({}).value();
  tool::Policy policy_;
};

TEST_F(Offer, AllOrThoseThatAreNamed) {
  EXPECT_THAT(names_of(offered(*toolbox_, policy_, {})), ElementsAre("calculator", "get_date"));
  EXPECT_THAT(names_of(offered(*toolbox_, policy_, {"get_date"})), ElementsAre("get_date"));
}

TEST_F(Offer, WhatIsNeverAllowedIsOfferedByItsNameAlone) {
  policy_.tools = {{"calculator", tool::Rule::kDeny}};
  EXPECT_THAT(names_of(offered(*toolbox_, policy_, {})), ElementsAre("get_date"));
  EXPECT_THAT(names_of(offered(*toolbox_, policy_, {"calculator"})), ElementsAre("calculator"));
}

TEST_F(Offer, EveryNameThatIsWrongIsTold) {
  const auto wrong = offered(*toolbox_, policy_, {"get_dat", "read_file", "get_date", "get_date"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kInvalidArgument);
  EXPECT_THAT(wrong.error().message,
              AllOf(HasSubstr("did you mean 'get_date'?"), HasSubstr("'read_file'"),
                    HasSubstr("without a workspace"), HasSubstr("'get_date' is there twice")));
}

TEST_F(Offer, NoToolAtAllIsSaid) {
  const tool::Toolbox nothing;
  EXPECT_THAT(offered(nothing, policy_, {}).error().message, HasSubstr("no tool is set up"));
}

}  // namespace
}  // namespace hearth::agent
