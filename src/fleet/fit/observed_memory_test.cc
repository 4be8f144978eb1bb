#include "fleet/fit/observed_memory.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

namespace hearth::fleet {
namespace {

using Change = ObservedMemory::Change;

store::ModelFile model(std::uint64_t number, std::int64_t modified_ms = 5) {
  return {"name", "/path", 1000, modified_ms, number};
}

constexpr SeenMemory kSeen{{4096, gguf::KvType::kF16, 9}, 1'000'000};

TEST(ObservedMemory, IsFoundAgainFromItsText) {
  ObservedMemory memory;
  EXPECT_EQ(memory.find(model(1)), std::nullopt);
  EXPECT_EQ(memory.note(model(1), kSeen), Change::kSome);
  ObservedMemory later;
  later.read(memory.text());
  EXPECT_EQ(later.find(model(1)), kSeen);
  EXPECT_EQ(later.find(model(2)), std::nullopt);
  EXPECT_EQ(later.find(model(1, 6)), std::nullopt) << "it was written again";
  EXPECT_EQ(later.text(), memory.text());
}

TEST(ObservedMemory, IsTheLatestOfAFile) {
  ObservedMemory memory;
  memory.note(model(1), kSeen);
  EXPECT_EQ(memory.note(model(1), {kSeen.settings, 1'009'000}), Change::kNone);
  EXPECT_EQ(memory.find(model(1)), kSeen);
  EXPECT_EQ(memory.note(model(1), {kSeen.settings, 900'000}), Change::kSome);
  EXPECT_EQ(memory.find(model(1))->bytes, 900'000U);
  const SeenMemory larger{{8192, gguf::KvType::kQ8_0, 2}, 900'000};
  EXPECT_EQ(memory.note(model(1), larger), Change::kSome);
  EXPECT_EQ(memory.find(model(1)), larger);
}

TEST(ObservedMemory, ForgetsWhatWasNotedLongestAgo) {
  ObservedMemory memory;
  for (std::uint64_t number = 0; number <= kSeenModelsMax; ++number)
    memory.note(model(number), kSeen);
  EXPECT_EQ(memory.find(model(0)), std::nullopt);
  EXPECT_EQ(memory.find(model(1)), kSeen);
  EXPECT_LT(memory.text().size(), kSeenBytesMax);
}

TEST(ObservedMemory, IsNotBelievedWhereItsTextIsDamaged) {
  ObservedMemory fine;
  fine.note(model(1), kSeen);
  const std::string title = "hearth memory 1\n";
  const std::string line = "1-3e8-5 4096 f16 9 1000000\n";
  ASSERT_EQ(fine.text(), title + line);
  ObservedMemory memory;
  for (const std::string& bad :
       {std::string(), std::string("x"), line, "hearth memory 2\n" + line, title + "1-3e8-5\n",
        title + "1-3e8-5 4096 f16 9 0\n", title + "1-3e8-5 4096 f16 9 -5\n",
        title + "1-3e8-5 4096 f16 9 1000000x\n", title + "1-3e8-5 4096 f17 9 1000000\n",
        title + "1-3e8-5 0 f16 9 1000000\n", title + "1-3e8-5 4096 f16 1000 1000000\n",
        title + "1-3e8-5 4096 f16 9 99999999999999999999999\n", title + "../1 4096 f16 9 1000000\n",
        title + std::string(100'000, 'a') + " 1 f16 1 1\n",
        title + line + std::string(kSeenBytesMax, '\n')}) {
    memory.read(bad);
    EXPECT_TRUE(memory.text() == title) << bad.substr(0, 100);
  }
  memory.read(title + "noise\n" + line);
  EXPECT_EQ(memory.find(model(1)), kSeen) << "the other lines stay";
}

TEST(ObservedMemory, AnyBytesAreReadWithoutHarm) {
  EXPECT_TRUE(rc::check("read, then text, is stable", [](const std::string& bytes) {
    ObservedMemory memory;
    memory.read("hearth memory 1\n" + bytes);
    ObservedMemory again;
    again.read(memory.text());
    RC_ASSERT(again.text() == memory.text());
  }));
}

}  // namespace
}  // namespace hearth::fleet
