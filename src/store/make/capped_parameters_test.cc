#include "store/make/capped_parameters.h"

#include <gmock/gmock.h>

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ParameterCaps kCaps{2048, 4};

TEST(CappedParameters, AreToldWithWhatIsGiven) {
  EXPECT_THAT(notes_on_capped({{"num_ctx", "2049"}, {"num_thread", "5"}}, kCaps),
              ElementsAre("num_ctx is 2049, and the model was trained for 2048 tokens: it is "
                          "loaded with those",
                          "num_thread is 5, and there are 4 processors here: as many are used"));
}

TEST(CappedParameters, AreOnlyThoseThatAskForMore) {
  const std::vector<Parameter> fine = {
      {"num_ctx", "2048"}, {"num_thread", "4"}, {"num_thread", "0"}, {"seed", "99999"}};
  EXPECT_THAT(notes_on_capped(fine, kCaps), IsEmpty());
  EXPECT_THAT(notes_on_capped({{"num_ctx", "9999"}, {"num_thread", "99"}}, {}), IsEmpty())
      << "nobody knows how much there is";
}

}  // namespace
}  // namespace hearth::store
