#include "store/default_model.h"

#include <vector>

#include <gtest/gtest.h>

namespace hearth::store {
namespace {

const ModelRival kShipped{"ember", 9, Holder::kBuiltIn, true};
const ModelRival kShippedOther{"ember-embed", 99, Holder::kBuiltIn, true};
const ModelRival kFound{"theirs", 7, Holder::kOllama};

std::string_view chosen(const std::vector<ModelRival>& models) {
  const auto best = find_default_model(models);
  return best ? models[best->place].name : std::string_view("none");
}

TEST(DefaultModel, IsTheLargestThatWasInstalled) {
  const std::vector<ModelRival> models{
      kFound, {"a", 5, Holder::kStore}, {"b", 6, Holder::kFolder}, kShipped};
  EXPECT_EQ(chosen(models), "b");
  EXPECT_EQ(find_default_model(models)->rivals, 2U);
}

TEST(DefaultModel, IsWhatIsThereWhereNothingWasInstalled) {
  EXPECT_EQ(chosen({kShipped, kShippedOther, kFound}), "theirs");
  EXPECT_EQ(chosen({kShippedOther, kShipped}), "ember");
  EXPECT_EQ(chosen({kShippedOther}), "none") << "it is not there to be talked to";
  EXPECT_EQ(chosen({}), "none");
}

}  // namespace
}  // namespace hearth::store
