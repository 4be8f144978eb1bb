#include "fleet/known_capabilities.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

namespace hearth::fleet {
namespace {

using chat::Capabilities;
using Change = KnownCapabilities::Change;

store::ModelFile model(std::uint64_t number, std::int64_t modified_ms = 5) {
  return {"name", "/path", 1000, modified_ms, number};
}

constexpr Capabilities kTools{.system = true, .tools = true};

TEST(KnownCapabilities, AreFoundAgainFromTheirText) {
  KnownCapabilities known;
  EXPECT_EQ(known.find(model(1), ""), std::nullopt);
  EXPECT_EQ(known.note(model(1), "", kTools), Change::kSome);
  EXPECT_EQ(known.note(model(2), "", {}), Change::kSome);
  EXPECT_EQ(known.note(model(1), "", kTools), Change::kNone);
  KnownCapabilities later;
  later.read(known.text());
  EXPECT_EQ(later.find(model(1), ""), kTools);
  EXPECT_EQ(later.find(model(2), ""), Capabilities{});
  EXPECT_EQ(later.find(model(3), ""), std::nullopt);
  EXPECT_EQ(later.text(), known.text());
}

TEST(KnownCapabilities, AreThoseOfOneFileWithOneTemplate) {
  KnownCapabilities known;
  known.note(model(1), "", kTools);
  EXPECT_EQ(known.find(model(1, 6), ""), std::nullopt) << "it was written again";
  EXPECT_EQ(known.find(model(1), "{{ messages }}"), std::nullopt);
  known.note(model(1), "{{ messages }}", {});
  EXPECT_EQ(known.find(model(1), "{{ messages }}"), Capabilities{});
  EXPECT_EQ(known.find(model(1), ""), kTools) << "both are kept";
}

TEST(KnownCapabilities, ForgetWhatWasNotedLongestAgo) {
  KnownCapabilities known;
  for (std::uint64_t number = 0; number <= kKnownModelsMax; ++number)
    known.note(model(number), "", kTools);
  EXPECT_EQ(known.find(model(0), ""), std::nullopt);
  EXPECT_EQ(known.find(model(1), ""), kTools);
  EXPECT_LT(known.text().size(), kCapabilitiesBytesMax);
}

TEST(KnownCapabilities, WhatIsDamagedIsNotBelieved) {
  KnownCapabilities fine;
  fine.note(model(1), "", kTools);
  const std::string text = fine.text();
  const std::string line = text.substr(text.find('\n') + 1);
  const std::string title = text.substr(0, text.find('\n') + 1);
  KnownCapabilities known;
  for (const std::string& bad :
       {std::string(), std::string("x"), line, "hearth capabilities 2\n" + line,
        title + "1-3e8-5-0\n", title + "1-3e8-5-0 \n", title + "1-3e8-5-0 tools,magic\n",
        title + " tools\n", title + "../1 tools\n", title + std::string(100'000, 'a') + " tools\n",
        title + line + std::string(kCapabilitiesBytesMax, '\n')}) {
    known.read(bad);
    EXPECT_EQ(known.text(), title) << bad.substr(0, 100);
  }
  known.read(title + "noise\n" + line);
  EXPECT_EQ(known.find(model(1), ""), kTools) << "the other lines stay";
}

TEST(KnownCapabilities, AnyBytesAreReadWithoutHarm) {
  EXPECT_TRUE(rc::check("read, then text, is stable", [](const std::string& bytes) {
    KnownCapabilities known;
    known.read("hearth capabilities 1\n" + bytes);
    KnownCapabilities again;
    again.read(known.text());
    RC_ASSERT(again.text() == known.text());
  }));
}

}  // namespace
}  // namespace hearth::fleet
