#include "chat/request_part.h"

#include <gtest/gtest.h>

namespace hearth::chat {
namespace {

using Kind = RequestPart::Kind;

TEST(RequestPart, EveryPartIsFoundAgainInItsContext) {
  for (const Kind kind : {Kind::kMessages, Kind::kTools, Kind::kToolChoice, Kind::kConstraint,
                          Kind::kTemplateArguments, Kind::kLogitBias}) {
    EXPECT_EQ(find_part(part_context({kind})), RequestPart{kind});
  }
  const RequestPart of_a_tool{Kind::kParameters, 17};
  EXPECT_EQ(part_context(of_a_tool), "request.tools[17].parameters");
  EXPECT_EQ(find_part(part_context(of_a_tool)), of_a_tool);
}

TEST(RequestPart, AContextOfAnotherKindIsNoPart) {
  for (const char* context :
       {"", "/models/m.gguf", "request", "request.tools[", "request.tools[].parameters",
        "request.tools[1].parameters.x", "request.tools[1x].parameters",
        "request.tools[99999999999999999999].parameters"}) {
    EXPECT_EQ(find_part(context), std::nullopt) << context;
  }
}

TEST(RequestPart, WhoeverKnowsBetterIsNotOverruled) {
  const Error found = make_error(Code::kInvalidArgument, "no", "/properties/a");
  const Error exact = about({Kind::kParameters, 2}, found);
  EXPECT_EQ(exact.context, "request.tools[2].parameters");
  EXPECT_EQ(about({Kind::kTools}, exact).context, "request.tools[2].parameters");
  EXPECT_EQ(exact.message, "no");
}

}  // namespace
}  // namespace hearth::chat
