#include "cli/terminal_filter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"

namespace hearth::cli {
namespace {

TEST(TerminalFilter, ShowsControlCharactersInsteadOfObeyingThem) {
  EXPECT_EQ(terminal_safe("a\x1B[31mb"), "a␛[31mb");
  EXPECT_EQ(terminal_safe("a\x07\x7F"), "a␇␡");
  EXPECT_EQ(terminal_safe("a\xC2\x9B\x33\x31m"), "a\xEF\xBF\xBD\x33\x31m") << "C1 CSI";
  EXPECT_EQ(terminal_safe("shown\rhidden\r\n"), "shownhidden\n");
}

TEST(TerminalFilter, LetsTextNewlinesAndTabsPass) {
  EXPECT_EQ(terminal_safe("a\tb\nГёдель 🙂 \xC2\xA0"), "a\tb\nГёдель 🙂 \xC2\xA0");
}

TEST(TerminalFilter, AnUnfinishedCharacterWaitsForItsRest) {
  TerminalFilter filter;
  EXPECT_EQ(filter.feed("x\xE2\x82"), "x");
  EXPECT_EQ(filter.feed("\xAC"), "€");
  EXPECT_EQ(filter.feed("\xC2"), "");
  EXPECT_EQ(filter.finish(), "\xEF\xBF\xBD");
}

RC_GTEST_PROP(TerminalFilter, NothingDangerousPassesHoweverItIsCut,
              (const std::string& first, const std::string& second)) {
  TerminalFilter filter;
  std::string out = filter.feed(first);
  out += filter.feed(second);
  out += filter.finish();
  RC_ASSERT(base::is_utf8(out));
  RC_ASSERT(out == terminal_safe(first + second));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    RC_ASSERT(byte >= 0x20 || byte == '\n' || byte == '\t');
    RC_ASSERT(byte != 0x7F);
    const bool c1 =
        byte == 0xC2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xA0;
    RC_ASSERT(!c1);
  }
}

}  // namespace
}  // namespace hearth::cli
