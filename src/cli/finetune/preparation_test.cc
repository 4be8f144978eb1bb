#include "cli/finetune/preparation.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "cli/placing.h"

namespace hearth::cli::finetune {
namespace {

using ::testing::HasSubstr;

TEST(Placing, ReplacesWhatStoodThere) {
  const base::testing::TemporaryFolder folder;
  const std::string made = folder.write("made", "new");
  const std::string target = folder.write("target.gguf", "older and longer");
  ASSERT_TRUE(put_in_place(made, target));
  EXPECT_EQ(*base::load_text_file(target, 100), "new");
  EXPECT_FALSE(std::filesystem::exists(made));
}

TEST(Placing, CopiesToAnotherDisk) {
  const base::testing::TemporaryFolder folder;
  const std::string elsewhere = "/dev/shm/hearth-placing-test-" + std::to_string(::getpid());
  std::filesystem::create_directory(elsewhere);
  const std::string made = folder.write("made", "new");
  const auto placed = put_in_place(made, elsewhere + "/target.gguf");
  const auto text = base::load_text_file(elsewhere + "/target.gguf", 100);
  const auto entries = std::filesystem::directory_iterator(elsewhere);
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
  std::filesystem::remove_all(elsewhere);
  ASSERT_TRUE(placed) << placed.error().message;
  EXPECT_EQ(*text, "new");
  EXPECT_FALSE(std::filesystem::exists(made));
}

TEST(Placing, LeavesWhatWasMadeWhereItCannotGo) {
  const base::testing::TemporaryFolder folder;
  const std::string made = folder.write("made", "new");
  const auto placed = put_in_place(made, folder.file("nowhere/target.gguf"));
  ASSERT_FALSE(placed);
  EXPECT_THAT(placed.error().message, HasSubstr(made));
  EXPECT_EQ(*base::load_text_file(made, 100), "new");
}

}  // namespace
}  // namespace hearth::cli::finetune
