#include "api/ollama/past_context.h"

#include <gtest/gtest.h>

namespace hearth::api::ollama {
namespace {

using chat::Message;
using chat::Role;

TEST(PastContext, ReadsBackAsWhatWasSaid) {
  const std::vector<Message> said{{Role::kSystem, "Be brief."},
                                  {Role::kUser, "Wie heißt du? \n\"x\""},
                                  {Role::kAssistant, ""},
                                  {Role::kUser, std::string(70'000, 'a')}};
  const auto numbers = pack_past(said);
  for (std::size_t i = 1; i < numbers.size(); ++i)
    ASSERT_LE(numbers[i], 0xFFFFFFU);
  const auto read = unpack_past(numbers);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, said);
}

TEST(PastContext, OfNobodyElseIsTaken) {
  auto numbers = pack_past({{Role::kUser, "hello"}});
  const std::vector<std::vector<std::uint32_t>> foreign{
      {128000, 882, 271, 15339},                        // tokens of some model
      {numbers[0]},                                     // cut off
      {numbers[0], 99, numbers[2]},                     // says more than there is
      {numbers[0], numbers[1], numbers[2], 0x1000000},  // no three bytes
      {numbers[0], 3, 0x090000},                        // a role that is none
      {numbers[0], 6, 0x020000, 0x0001FF},              // no UTF-8
      {numbers[0], 0, 1, 2, 3},                         // more than it says
  };
  for (const auto& each : foreign) {
    const auto read = unpack_past(each);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kInvalidArgument);
    EXPECT_EQ(read.error().context, "context");
  }
}

}  // namespace
}  // namespace hearth::api::ollama
