// `hearth keys inbound …` as a user types it; no daemon runs.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/key_secret.h"
#include "cli/keys/key_list.h"
#include "cli/testing/cli_fixture.h"

namespace hearth::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;

class KeysCommand : public testing::Cli {
 protected:
  Outcome keys(std::vector<std::string> words) {
    words.insert(words.begin(), {"keys", "inbound"});
    return run(std::move(words));
  }
};

TEST_F(KeysCommand, AKeyIsShownOnceAndThenOnlyItsTerms) {
  const Outcome made = keys({"create", "--name", "laptop", "--scope", "manage",
                             "--requests-per-minute", "60", "--tokens-per-day", "1000"});
  ASSERT_EQ(made.code, 0) << made.notices;
  const std::string secret = made.out.substr(0, made.out.size() - 1);
  EXPECT_TRUE(access::is_well_formed(secret)) << "a script takes it as it is";
  EXPECT_THAT(made.notices, HasSubstr("'laptop'"));
  EXPECT_THAT(made.notices, HasSubstr("It is the first one"));
  EXPECT_THAT(made.notices, Not(HasSubstr(secret)));
  const Outcome listed = keys({"list"});
  EXPECT_THAT(listed.out, HasSubstr("laptop"));
  EXPECT_THAT(listed.out, HasSubstr("manage"));
  EXPECT_THAT(listed.out, Not(HasSubstr(secret)));
  const Outcome json = keys({"list", "--json"});
  EXPECT_THAT(json.out, HasSubstr(R"("name":"laptop","scope":"manage","state":"active",)"
                                  R"("requests_per_minute":60,"tokens_per_day":1000,)"
                                  R"("tokens_today":0,)"));
  EXPECT_THAT(json.out, HasSubstr(R"("expires_ms":null,"revoked_ms":null,"last_used_ms":null)"));
}

TEST_F(KeysCommand, NamesAreFoundWhereNoneIsGiven) {
  EXPECT_THAT(keys({"create"}).notices, HasSubstr("'client-1'"));
  const Outcome second = keys({"create"});
  EXPECT_THAT(second.notices, HasSubstr("'client-2'"));
  EXPECT_THAT(second.notices, Not(HasSubstr("first one")));
  const Outcome taken = keys({"create", "--name", "client-1"});
  EXPECT_EQ(taken.code, 1);
  EXPECT_EQ(taken.out, "");
  EXPECT_THAT(taken.notices, HasSubstr("already"));
}

TEST_F(KeysCommand, LookingMakesNoDatabase) {
  const Outcome none = keys({"list"});
  EXPECT_EQ(none.code, 0);
  EXPECT_THAT(none.notices, HasSubstr("There is no API key"));
  EXPECT_EQ(keys({"list", "--json"}).out, "{\"keys\":[]}\n");
  EXPECT_EQ(keys({"revoke", "laptop"}).code, 1);
  EXPECT_EQ(keys({"create", "--expires", "soon"}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(home_.home().database_path()));
}

TEST_F(KeysCommand, WhatIsWrongWithATermIsSaid) {
  EXPECT_THAT(keys({"create", "--expires", "2001-01-01"}).notices, HasSubstr("expired already"));
  EXPECT_THAT(keys({"create", "--tokens-per-day", "0"}).notices, HasSubstr("give 1 or more"));
  EXPECT_EQ(keys({"create", "--scope", "root"}).code, 2);
  EXPECT_EQ(keys({"create", "--name", "two\nlines"}).code, 1);
  EXPECT_EQ(keys({}).code, 2);
}

TEST_F(KeysCommand, ARevokedKeyIsListedAndARemovedOneIsNot) {
  (void)keys({"create", "--name", "a"});
  (void)keys({"create", "--name", "b"});
  EXPECT_EQ(keys({"revoke", "a"}).code, 0);
  EXPECT_EQ(keys({"revoke", "a"}).code, 0) << "a second time changes nothing";
  EXPECT_THAT(keys({"list"}).out, HasSubstr("revoked"));
  EXPECT_THAT(keys({"remove", "a"}).notices, Not(HasSubstr("last one")));
  EXPECT_THAT(keys({"list"}).out, Not(HasSubstr("revoked")));
  EXPECT_THAT(keys({"remove", "b"}).notices, HasSubstr("It was the last one"));
  EXPECT_EQ(keys({"remove", "b"}).code, 1);
}

TEST(NamedKey, AnIdGoesBeforeAName) {
  std::vector<access::InboundKey> keys(2);
  keys[0].id = "key-1";
  keys[0].terms.name = "key-2";
  keys[1].id = "key-2";
  keys[1].terms.name = "b";
  EXPECT_EQ(named_key(keys, "key-2").value().terms.name, "b");
  EXPECT_EQ(named_key(keys, "b").value().id, "key-2");
  EXPECT_EQ(named_key(keys, "c").error().code, Code::kNotFound);
}

TEST(KeyState, IsWhatItMayDoNow) {
  access::InboundKey key;
  EXPECT_EQ(key_state(key, 10), "active");
  key.terms.expires_ms = 10;
  EXPECT_EQ(key_state(key, 9), "active");
  EXPECT_EQ(key_state(key, 10), "expired");
  key.revoked_ms = 5;
  EXPECT_EQ(key_state(key, 9), "revoked");
}

}  // namespace
}  // namespace hearth::cli
