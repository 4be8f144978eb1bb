#include "store/digest.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace hearth::store {
namespace {

class DigestTest : public ::testing::Test {
 protected:
  ~DigestTest() override { ::unlink(path_.c_str()); }

  Fd written(const std::string& text) {
    std::ofstream(path_) << text;
    return *base::open_for_reading(path_);
  }

  std::string path_ = ::testing::TempDir() + "digest_" + std::to_string(::getpid());
};

TEST_F(DigestTest, IsThatOfTheStandard) {
  EXPECT_EQ(*sha256_of(written("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*sha256_of(written(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_F(DigestTest, AFileThatIsAnotherIsRefused) {
  const Fd file = written("abc");
  ModelFile model{.name = "ember", .path = path_};
  EXPECT_TRUE(check_digest(model, file).has_value());
  model.sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_TRUE(check_digest(model, file).has_value());
  model.sha256.back() = 'e';
  const auto checked = check_digest(model, file);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, Code::kCorrupt);
  EXPECT_NE(checked.error().message.find("'ember'"), std::string::npos);
}

}  // namespace
}  // namespace hearth::store
