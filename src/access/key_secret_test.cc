#include "access/key_secret.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "access/inbound_key.h"

namespace hearth::access {
namespace {

using Bytes = std::array<std::uint8_t, kSecretBytes>;

TEST(KeySecret, IsWrittenAsOthersWriteIt) {
  Bytes rising{};
  Bytes full{};
  for (std::size_t i = 0; i < rising.size(); ++i)
    rising[i] = static_cast<std::uint8_t>(i);
  full.fill(0xFF);
  // By Python's whole numbers and its hashlib.
  EXPECT_EQ(secret_text({}), "hearth-00000000000000000000000000000000000000000004IUvN9");
  EXPECT_EQ(secret_text(full), "hearth-yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10VxXwu");
  EXPECT_EQ(secret_text(rising), "hearth-003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1vFFeN");
}

TEST(KeySecret, IsAnotherOneEveryTime) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i)
    made.insert(make_secret());
  EXPECT_EQ(made.size(), 100U);
  for (const std::string& secret : made)
    EXPECT_TRUE(is_well_formed(secret)) << secret;
}

TEST(KeySecret, AMistypedOneIsTold) {
  EXPECT_TRUE(rc::check("one character is another one", [] {
    const auto bytes = *rc::gen::arbitrary<Bytes>();
    const std::string secret = secret_text(bytes);
    RC_ASSERT(is_well_formed(secret));
    std::string mistyped = secret;
    const auto at = *rc::gen::inRange<std::size_t>(0, secret.size());
    mistyped[at] = *rc::gen::distinctFrom(rc::gen::inRange('!', '~'), secret[at]);
    RC_ASSERT(!is_well_formed(mistyped));
    std::string swapped = secret;
    const auto pair = *rc::gen::inRange<std::size_t>(0, secret.size() - 1);
    std::swap(swapped[pair], swapped[pair + 1]);
    RC_ASSERT(is_well_formed(swapped) == (swapped == secret));
  }));
  for (const char* text : {"", "hearth-", "sk-abcdef", "Bearer hearth-x"})
    EXPECT_FALSE(is_well_formed(text));
  EXPECT_FALSE(is_well_formed(make_secret() + "0"));
}

TEST(KeySecret, IsHiddenInWhateverIsWrittenDown) {
  const std::string secret = make_secret();
  EXPECT_EQ(without_secrets("/v1/models/" + secret + "?x"), "/v1/models/hearth-…?x");
  EXPECT_EQ(without_secrets(secret + secret.substr(0, secret.size() - 5)), "hearth-…hearth-…");
  EXPECT_EQ(without_secrets("hearth-runner and hearth-"), "hearth-runner and hearth-");
  EXPECT_EQ(without_secrets(""), "");
}

TEST(KeyHash, IsSha256) {
  const KeyHash hash = KeyHash::of("abc");
  EXPECT_EQ(hash.bytes().substr(0, 4), "\xBA\x78\x16\xBF");
  EXPECT_EQ(hash.bytes().size(), 32U);
  EXPECT_EQ(KeyHash::from_bytes(hash.bytes()), hash);
  EXPECT_FALSE(KeyHash::of("abd") == hash);
}

TEST(KeyHash, OfDamagedBytesIsOfNoSecret) {
  const std::string bytes = KeyHash::of("abc").bytes();
  EXPECT_FALSE(KeyHash::from_bytes(bytes.substr(1)) == KeyHash::of("abc"));
  EXPECT_EQ(KeyHash::from_bytes(bytes + "x"), KeyHash());
}

TEST(Scope, EachIncludesTheOnesBefore) {
  EXPECT_TRUE(includes(Scope::kAdmin, Scope::kManage));
  EXPECT_TRUE(includes(Scope::kAdmin, Scope::kInference));
  EXPECT_TRUE(includes(Scope::kManage, Scope::kInference));
  EXPECT_TRUE(includes(Scope::kInference, Scope::kInference));
  EXPECT_FALSE(includes(Scope::kInference, Scope::kManage));
  EXPECT_FALSE(includes(Scope::kManage, Scope::kAdmin));
  for (const Scope scope : {Scope::kInference, Scope::kManage, Scope::kAdmin})
    EXPECT_EQ(scope_named(scope_name(scope)), scope);
  EXPECT_EQ(scope_named("root"), std::nullopt);
}

}  // namespace
}  // namespace hearth::access
