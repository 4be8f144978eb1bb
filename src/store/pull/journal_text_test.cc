#include "store/pull/journal_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "store/manifest/manifest.h"

namespace hearth::store {
namespace {

using ::testing::ElementsAre;

const std::string kHex = "65b8fcd92af6b4fefa935c625d1ac27ea29dcb6ee14589c55a8f115ceaaa1423";

PartIdentity example() {
  return {4683073184, *BlobDigest::parse(kHex), "\"d1ac\""};
}

std::string example_text() {
  return journal_header(example()) + journal_record({0, 33554432}) +
         journal_record({67108864, 100663296});
}

TEST(JournalText, IsTheOneOfThePage) {
  EXPECT_EQ(example_text(), "hearth-part 1 4683073184 " + kHex +
                                " \"d1ac\" a358dd30d5ae4391\n"
                                "there 0 33554432 34b1f433f9bd0026\n"
                                "there 67108864 100663296 eedfd135053af1ee\n");
}

TEST(JournalText, ReadsBack) {
  for (const std::string validator : {"", "-", "%", "\"a b\"", "W/\"x\"", "a\nb\xff", " "}) {
    PartIdentity identity = example();
    identity.validator = validator;
    if (validator == "-") identity.digest.reset();
    const auto read = read_journal(journal_header(identity) + journal_record({5, 7}));
    ASSERT_TRUE(read.has_value()) << validator;
    EXPECT_EQ(read->identity, identity);
    EXPECT_THAT(read->there.extents(), ElementsAre(Extent{5, 7}));
  }
}

TEST(JournalText, BehindATornLineNothingIsBelieved) {
  const std::string sound = journal_header(example()) + journal_record({0, 10});
  const std::string torn = journal_record({10, 20});
  const auto read =
      read_journal(sound + torn.substr(0, torn.size() - 1) + journal_record({30, 40}));
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(read->there.extents(), ElementsAre(Extent{0, 10}));
  EXPECT_EQ(read->sound_bytes, sound.size());
}

TEST(JournalText, WhatCannotBeIsNotBelievedWhateverItsSum) {
  const std::string header = journal_header(example());
  for (const Extent extent : {Extent{10, 10}, Extent{10, 5}, Extent{0, 4683073185}})
    EXPECT_EQ(read_journal(header + journal_record(extent))->there.total(), 0U);
  PartIdentity identity = example();
  for (const std::uint64_t size : {std::uint64_t{0}, kFileBytesMax + 1}) {
    identity.size_bytes = size;
    EXPECT_FALSE(read_journal(journal_header(identity)).has_value());
  }
  EXPECT_FALSE(read_journal("").has_value());
  EXPECT_FALSE(read_journal(std::string(kJournalBytesMax + 1, 'x')).has_value());
}

// Cut anywhere, or with any byte another one, it says less, and never anything else.
TEST(JournalText, DamageOnlyEverTakesAway) {
  const std::string text = example_text();
  const auto whole = read_journal(text);
  const auto says_less = [&](const std::string& damaged) {
    const auto read = read_journal(damaged);
    if (!read) return true;
    return read->identity == whole->identity && read->there.without(whole->there).empty();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    EXPECT_TRUE(says_less(text.substr(0, at))) << at;
    for (int change = 1; change < 256; ++change) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      ASSERT_TRUE(says_less(damaged)) << at << " ^ " << change;
      ASSERT_NE(read_journal(damaged) ? read_journal(damaged)->there.total() : 0,
                whole->there.total());
    }
  }
}

TEST(JournalText, AnyBytesCanBeRead) {
  EXPECT_TRUE(rc::check("noise is nothing", [] {
    const auto text = *rc::gen::string<std::string>();
    RC_ASSERT(!read_journal(text).has_value());
    const std::string header = journal_header(example());
    RC_ASSERT(read_journal(header + text)->sound_bytes == header.size());
  }));
}

}  // namespace
}  // namespace hearth::store
