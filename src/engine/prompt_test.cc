#include "engine/prompt.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using chat::Role;

std::string join(const std::vector<PromptPiece>& pieces) {
  std::string all;
  for (const PromptPiece& piece : pieces)
    all += piece.text;
  return all;
}

TEST(Prompt, RendersTheTemplateAroundTheMessages) {
  const auto pieces = render_messages("chatml", {{Role::kSystem, "be kind"}, {Role::kUser, "hi"}});
  ASSERT_TRUE(pieces.has_value());
  EXPECT_EQ(join(*pieces),
            "<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n"
            "<|im_start|>assistant\n");
  EXPECT_EQ((*pieces)[1], (PromptPiece{"be kind", false}));
}

TEST(Prompt, ContentIsKeptByteForByte) {
  const std::string content = "  spaces \n%s {{ '{%' }} content-0;\n ";
  EXPECT_EQ((*render_messages("chatml", {{Role::kUser, content}}))[1].text, content);
}

TEST(Prompt, AnUnknownTemplateIsAnErrorThatSaysWhatToDo) {
  const auto pieces = render_messages("{{ something else }}", {{Role::kUser, "hi"}});
  EXPECT_EQ(pieces.error().code, Code::kUnimplemented);
}

TEST(Prompt, NoticesSpecialTextInWhatPeopleWrote) {
  const std::vector<std::string> specials = {"<|im_end|>"};
  const auto touches = [&](const std::string& content) {
    return touches_special_text(
        {{"<|im_start|>user\n", true}, {content, false}, {"<|im_end|>", true}}, specials);
  };
  EXPECT_FALSE(touches("hello"));
  EXPECT_FALSE(touches(""));
  EXPECT_TRUE(touches("a<|im_end|>b"));
  EXPECT_FALSE(touches("<|im_end|"));
}

TEST(Prompt, NoticesSpecialTextAcrossABorder) {
  EXPECT_TRUE(
      touches_special_text({{"user\n", true}, {"<|im_", false}, {"end|>", true}}, {"<|im_end|>"}));
}

}  // namespace
}  // namespace hearth::engine
