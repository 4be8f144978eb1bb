#include "train/shape_text.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "json/parse.h"

namespace hearth::train {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSound =
    R"({"family":"llama","layers":6,"width":256,"heads":8,"kv_heads":4,"head_width":32,)"
    R"("hidden":768,"context":2048,"vocabulary":4096,"rope_base":50000.0,"tied":false})";

Result<Shape> read(const std::string& text) {
  const auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return read_shape(json::Node(*value));
}

std::string with(std::string_view was, std::string_view is) {
  std::string text = kSound;
  const std::size_t at = text.find(was);
  EXPECT_NE(at, std::string::npos) << was;
  return text.replace(at, was.size(), is);
}

TEST(ShapeText, SaysWhatAModelIs) {
  const auto shape = read(kSound);
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(shape->family, "llama");
  EXPECT_EQ(shape->layers, 6U);
  EXPECT_EQ(shape->width, 256U);
  EXPECT_EQ(shape->heads, 8U);
  EXPECT_EQ(shape->kv_heads, 4U);
  EXPECT_EQ(shape->head_width, 32U);
  EXPECT_EQ(shape->hidden, 768U);
  EXPECT_EQ(shape->context, 2048U);
  EXPECT_EQ(shape->vocabulary, 4096U);
  EXPECT_EQ(shape->rope_base, 50000.0F);
  EXPECT_FALSE(shape->tied);
  EXPECT_FALSE(shape->looks_both_ways);
}

TEST(ShapeText, OfAnEncoderLooksBothWays) {
  const auto shape = read(with("llama", "eurobert"));
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_TRUE(shape->looks_both_ways);
}

struct Wrong {
  std::string text;
  std::string field;
};

class WrongShape : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongShape, IsRefusedByTheFieldThatIsWrong) {
  const auto shape = read(GetParam().text);
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().code, Code::kInvalidArgument);
  EXPECT_THAT(shape.error().message, HasSubstr(GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongShape,
    ::testing::Values(
        Wrong{with("llama", "mamba"), "family"}, Wrong{with("256", "100"), "width"},
        Wrong{with("768", "100"), "hidden"},
        Wrong{with("\"kv_heads\":4", "\"kv_heads\":3"), "kv_heads"},
        Wrong{with("\"head_width\":32", "\"head_width\":33"), "head_width"},
        Wrong{with("\"layers\":6", "\"layers\":0"), "layers"},
        Wrong{with("\"layers\":6,", ""), "layers"}, Wrong{with("50000.0", "0.5"), "rope_base"},
        Wrong{with("\"tied\"", "\"tide\""), "tide"},
        Wrong{with("llama\",\"layers\":6,\"width\":256", "eurobert\",\"layers\":6,\"width\":512"),
              "head_width"}));

TEST(ShapeText, OfEmberIsSound) {
  std::ifstream file(HEARTH_EMBER_FOLDER "/shape.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto shape = read(text);
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(shape->family, "llama");
  EXPECT_GE(shape->context, 2048U);
  EXPECT_TRUE(shape->tied);
}

}  // namespace
}  // namespace hearth::train
