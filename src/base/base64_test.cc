#include "base/base64.h"

#include <utility>

#include <gtest/gtest.h>

namespace hearth::base {
namespace {

TEST(Base64, WritesWhatTheStandardSays) {
  const std::pair<std::string_view, std::string_view> cases[] = {{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"},
                                                                 {"\xFB\xFF\xFE", "+//+"}};
  for (const auto& [bytes, text] : cases) {
    std::string out = "x";
    append_base64(out, bytes);
    EXPECT_EQ(out, "x" + std::string(text));
  }
}

}  // namespace
}  // namespace hearth::base
