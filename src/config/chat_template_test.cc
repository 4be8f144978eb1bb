#include "config/chat_template.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::config {
namespace {

using ::testing::HasSubstr;

class ChatTemplate : public ::testing::Test {
 protected:
  ChatTemplate() { std::filesystem::create_directory(templates_); }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(templates_ + "/" + name, std::ios::binary) << content;
  }
  Result<std::string> load(const std::string& setting) const {
    return load_chat_template(setting, templates_);
  }

  base::testing::TemporaryFolder folder_;
  const std::string templates_ = folder_.path() + "/templates";
};

TEST_F(ChatTemplate, IsFoundByNameAndByPath) {
  write("mine.jinja", "{{ messages }}");
  EXPECT_EQ(load(""), "");
  EXPECT_EQ(load("mine"), "{{ messages }}");
  EXPECT_EQ(load("mine.jinja"), "{{ messages }}");
  EXPECT_EQ(load(templates_ + "/mine.jinja"), "{{ messages }}");
}

TEST_F(ChatTemplate, ThatIsNotThereSaysWhereItWasLookedFor) {
  const auto missing = load("other");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("model.chat_template"));
  EXPECT_THAT(missing.error().message, HasSubstr(templates_ + "/other.jinja"));
}

TEST_F(ChatTemplate, IsNeverOutsideTheFolderUnlessByAnAbsolutePath) {
  write("mine.jinja", "x");
  for (const char* setting : {"../templates/mine", "./mine", ".mine", "a/b", ".."}) {
    const auto refused = load(setting);
    ASSERT_FALSE(refused) << setting;
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  }
}

TEST_F(ChatTemplate, IsTextOfABoundedSize) {
  write("empty.jinja", " \n");
  write("binary.jinja", "a\xFF");
  write("large.jinja", std::string(kChatTemplateBytesMax + 1, 'x'));
  write("largest.jinja", std::string(kChatTemplateBytesMax, 'x'));
  std::filesystem::create_directory(templates_ + "/folder.jinja");
  for (const char* name : {"empty", "binary", "large", "folder"})
    EXPECT_FALSE(load(name)) << name;
  EXPECT_TRUE(load("largest"));
}

}  // namespace
}  // namespace hearth::config
