#include "api/core/form_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::api {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kType = "multipart/form-data; boundary=xYx";

std::string part(const std::string& disposition, const std::string& content) {
  return "--xYx\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}
const std::string kEnd = "--xYx--\r\n";

void expect_broken(const std::string& type, const std::string& body, const std::string& words) {
  const auto form = parse_form(type, body);
  ASSERT_FALSE(form.has_value()) << "accepted: " << body;
  EXPECT_EQ(form.error().code, Code::kInvalidArgument);
  EXPECT_THAT(form.error().message, HasSubstr(words)) << body;
}

TEST(FormBody, HasPartsWithNamesAndFiles) {
  const std::string body =
      part(R"(name="model")", "m") +
      "--xYx\r\nContent-Type: audio/wav\r\ncontent-disposition: form-data; name=\"file\"; "
      "filename=\"a \\\"b\\\".wav\"\r\n\r\nRIFF\r\n\r\n--x\r\n" +
      kEnd;
  const auto form = parse_form(kType, body);
  ASSERT_TRUE(form.has_value()) << form.error().message;
  ASSERT_THAT(*form, SizeIs(2));
  EXPECT_EQ((*form)[0].name, "model");
  EXPECT_EQ((*form)[0].content, "m");
  EXPECT_EQ((*form)[1].name, "file");
  EXPECT_EQ((*form)[1].file_name, R"(a "b".wav)");
  EXPECT_THAT(std::string((*form)[1].content), ::testing::StartsWith("RIFF\r\n\r\n--x"));
}

TEST(FormBody, MayBeEmptyAndMayQuoteItsBoundary) {
  EXPECT_THAT(*parse_form("Multipart/Form-Data; charset=x; boundary=\"xYx\"", kEnd), IsEmpty());
  const std::string empty = part("name=a", "") + kEnd;
  EXPECT_EQ(parse_form(kType, empty)->front().content, "");
}

TEST(FormBody, MayBeginWithWhatNobodyReads) {
  const std::string with_words = "for old\r\nprograms\r\n" + part("name=a", "x") + kEnd;
  const auto form = parse_form(kType, with_words);
  ASSERT_TRUE(form.has_value()) << form.error().message;
  ASSERT_THAT(*form, SizeIs(1));
  EXPECT_EQ(form->front().content, "x");
  const std::string with_a_line = "\r\n" + part("name=a", "x") + kEnd;
  EXPECT_EQ(parse_form(kType, with_a_line)->front().name, "a");
}

TEST(FormBody, ThatIsBrokenSaysWhere) {
  expect_broken("application/json", "{}", "multipart/form-data");
  expect_broken("", "", "multipart/form-data");
  expect_broken("multipart/form-data", kEnd, "boundary");
  expect_broken("multipart/form-data; boundary=" + std::string(71, 'x'), kEnd, "boundary");
  expect_broken(kType, "", "nowhere");
  expect_broken(kType, "before " + kEnd, "nowhere");
  expect_broken(kType, "--xYxjunk\r\n", "end of its line");
  expect_broken(kType, "--xYx\r\nContent-Disposition: form-data; name=a", "no head");
  expect_broken(kType, part("name=a", "x"), "no end");
  expect_broken(kType, part("filename=a", "x") + kEnd, "name");
  expect_broken(kType, part("name=\"\xFF\"", "x") + kEnd, "name");
  expect_broken(kType, "--xYx\r\nnothing\r\n\r\nx\r\n" + kEnd, "no header");
  expect_broken(kType, "--xYx\r\n\r\nx\r\n" + kEnd, "no head");
}

TEST(FormBody, IsBounded) {
  std::string body;
  for (std::size_t i = 0; i < kFormPartsMax; ++i)
    body += part("name=a", "x");
  EXPECT_THAT(*parse_form(kType, body + kEnd), SizeIs(kFormPartsMax));
  expect_broken(kType, body + part("name=a", "x") + kEnd, "more than 64 parts");
  expect_broken(kType, part("name=" + std::string(kFormNameBytesMax + 1, 'a'), "x") + kEnd, "name");
  expect_broken(kType, part("name=a; x=" + std::string(kFormHeadBytesMax, 'a'), "x") + kEnd,
                "no head");
}

}  // namespace
}  // namespace hearth::api
