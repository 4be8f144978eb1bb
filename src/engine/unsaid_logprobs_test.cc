#include "engine/unsaid_logprobs.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/text_assembler.h"

namespace hearth::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// An assembler and its logprobs, fed with tokens that are numbered from 0.
class Told {
 public:
  explicit Told(std::vector<std::string> stops) : text_(std::move(stops)) {}

  std::vector<int> after(const std::string& bytes) {
    const std::size_t begin = text_.taken_in();
    const std::string out = text_.add(bytes);
    unsaid_.add(begin, {{next_++, bytes, 0}, {}});
    return take();
  }
  std::vector<int> after_the_end() {
    text_.finish();
    return take();
  }

 private:
  std::vector<int> take() {
    std::vector<int> tokens;
    for (const chat::TokenLogprob& one : unsaid_.take_before(text_.given_out()))
      tokens.push_back(one.chosen.token);
    return tokens;
  }

  TextAssembler text_;
  UnsaidLogprobs unsaid_;
  int next_ = 0;
};

TEST(UnsaidLogprobs, ComeWithTheirText) {
  Told told({});
  EXPECT_THAT(told.after("a"), ElementsAre(0));
  EXPECT_THAT(told.after("bc"), ElementsAre(1));
}

TEST(UnsaidLogprobs, WaitForTheRestOfACharacter) {
  Told told({});
  EXPECT_THAT(told.after("\xE2\x82"), IsEmpty());
  EXPECT_THAT(told.after("\xAC"), ElementsAre(0, 1));
}

TEST(UnsaidLogprobs, WaitWhileTheirTextMayBeAStopSequence) {
  Told told({"STOP"});
  EXPECT_THAT(told.after("a S"), ElementsAre(0));  // its first byte is told
  EXPECT_THAT(told.after("T"), IsEmpty());
  EXPECT_THAT(told.after("ART"), ElementsAre(1, 2));
  EXPECT_THAT(told.after("ST"), IsEmpty());
  EXPECT_THAT(told.after_the_end(), ElementsAre(3));
}

TEST(UnsaidLogprobs, OfAStopSequenceAreNeverTold) {
  Told told({"STOP"});
  EXPECT_THAT(told.after("ST"), IsEmpty());
  EXPECT_THAT(told.after("O"), IsEmpty());
  EXPECT_THAT(told.after("P"), IsEmpty());
  EXPECT_THAT(told.after_the_end(), IsEmpty());
}

}  // namespace
}  // namespace hearth::engine
