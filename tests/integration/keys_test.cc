// API keys of clients: made by commands, heard of by the real daemon, and kept secret by it.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/key_store.h"
#include "base/clock.h"
#include "daemon.h"
#include "db/testing/empty_place.h"
#include "hearth_command.h"
#include "net/testing/raw_client.h"
#include "service_process.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using net::testing::RawClient;
using net::testing::RawReply;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kPatience = std::chrono::seconds(30);
// A daemon hears of a change within a second; a busy machine takes longer.
constexpr auto kHeardWithin = std::chrono::seconds(5);

std::string bearer(const std::string& secret) {
  return "Authorization: Bearer " + secret + "\r\n";
}

std::string body_of(const std::string& prompt) {
  return R"({"model":"tiny","max_tokens":4,"messages":[{"role":"user","content":")" + prompt +
         R"("}]})";
}

class KeysOfAService : public ::testing::Test {
 protected:
  explicit KeysOfAService(in_addr_t host = INADDR_LOOPBACK) : service_(host) {
    fs::create_directories(service_.home() + "/models");
    fs::copy_file(model_path("tiny-llama-f16"), service_.home() + "/models/tiny.gguf");
  }

  Outcome hearth(std::vector<std::string> arguments,
                 const std::vector<std::string>& environment = {}) {
    std::vector<std::string> all = environment;
    all.insert(all.end(), environment_.begin(), environment_.end());
    return run_hearth(service_.home(), std::move(arguments), "", all);
  }
  // The secret of a key that was made just now.
  std::string make_key(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"keys", "inbound", "create"});
    const Outcome made = hearth(std::move(arguments));
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_THAT(made.out, StartsWith("hearth-"));
    return made.out.substr(0, made.out.find('\n'));
  }
  RawReply send(const std::string& method, const std::string& target, const std::string& body,
                const std::string& headers) const {
    RawClient client(service_.port());
    client.request(method, target, body, headers);
    return client.read_reply();
  }
  int status(const std::string& headers, const std::string& target = "/v1/models") const {
    return send("GET", target, "", headers).status;
  }
  RawReply ask(const std::string& secret, const std::string& prompt = "hi") const {
    return send("POST", "/v1/chat/completions", body_of(prompt), bearer(secret));
  }
  bool hears(const std::function<bool()>& change) const {
    return becomes_true(change, kHeardWithin);
  }
  void start() { service_.start_and_wait(environment_); }
  void end() {
    ASSERT_TRUE(service_.process().signal(SIGTERM));
    ASSERT_TRUE(service_.process().wait(kPatience));
  }
  std::string database() const { return service_.home() + "/hearth.db"; }

  ServiceProcess service_;
  std::vector<std::string> environment_;  // of the daemon and of the commands
};

class KeysOfAnOpenService : public KeysOfAService {
 protected:
  KeysOfAnOpenService() : KeysOfAService(INADDR_ANY) {}
};

TEST_F(KeysOfAService, TheFirstKeyClosesThePortAndNotTheCommands) {
  start();
  EXPECT_EQ(status(""), 200);
  EXPECT_THAT(hearth({"keys", "inbound", "list"}).err, HasSubstr("There is no API key"));
  EXPECT_FALSE(fs::exists(database())) << "nobody has made a key";
  const std::string secret = make_key({"--name", "laptop"});
  EXPECT_TRUE(hears([&] { return status("") == 401; }));
  EXPECT_EQ(status(bearer(secret)), 200);
  EXPECT_EQ(status("x-api-key: " + secret + "\r\n"), 200);
  EXPECT_EQ(status("", "/v1/models?api_key=" + secret), 401);
  EXPECT_EQ(status("", "/health/live"), 200);
  EXPECT_EQ(status("", "/metrics"), 401);
  const Outcome listed = hearth({"list"});
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("tiny"));
  const std::string port = std::to_string(service_.port());
  EXPECT_THAT(hearth({"doctor"}, {"HEARTH_SERVER_PORT=" + port}).out,
              HasSubstr("127.0.0.1:" + port + " is served by Hearth"));
}

TEST_F(KeysOfAService, ACommandBringsTheKeyThatItWasGiven) {
  const std::string secret = make_key({});
  start();
  const std::string variable = "HEARTH_API_KEY=" + secret;
  EXPECT_EQ(hearth({"list"}, {variable}).code, 0);
  const Outcome narrow = hearth({"load", "tiny"}, {variable});
  EXPECT_EQ(narrow.code, 1);
  EXPECT_THAT(narrow.err, HasSubstr("this takes 'manage'"));
  const Outcome wrong = hearth({"list"}, {"HEARTH_API_KEY=hearth-mistyped"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, Not(HasSubstr("hearth-mistyped")));
  EXPECT_EQ(hearth({"list"}, {"HEARTH_API_KEY=two\nlines"}).code, 1);
}

TEST_F(KeysOfAService, ARevokedKeyIsRefusedWithoutARestart) {
  const std::string first = make_key({"--name", "first"});
  const std::string second = make_key({"--name", "second"});
  start();
  EXPECT_EQ(status(bearer(first)), 200);
  EXPECT_EQ(hearth({"keys", "inbound", "revoke", "first"}).code, 0);
  EXPECT_TRUE(hears([&] { return status(bearer(first)) == 401; }));
  EXPECT_EQ(status(bearer(second)), 200);
  EXPECT_THAT(hearth({"keys", "inbound", "list"}).out, HasSubstr("revoked"));
  EXPECT_EQ(hearth({"keys", "inbound", "remove", "second"}).code, 0);
  EXPECT_TRUE(hears([&] { return status(bearer(second)) == 401; }));
  EXPECT_EQ(status(""), 401) << "the revoked one is still there";
  EXPECT_EQ(hearth({"keys", "inbound", "remove", "first"}).code, 0);
  EXPECT_TRUE(hears([&] { return status("") == 200; }));
  EXPECT_THAT(hearth({"keys", "inbound", "revoke", "first"}).err, HasSubstr("no API key 'first'"));
}

TEST_F(KeysOfAService, AKeyEndsWhenItWasSaidTo) {
  start();
  const auto database = db::open_database(this->database());
  ASSERT_TRUE(database);
  auto store = access::KeyStore::open(**database);
  ASSERT_TRUE(store);
  const std::int64_t now_ms = base::system_clock().wall_ms();
  const auto made = store->create({.name = "short", .expires_ms = now_ms + 4000}, now_ms);
  ASSERT_TRUE(made);
  EXPECT_TRUE(becomes_true([&] { return status("") == 401; }, std::chrono::seconds(3)));
  EXPECT_EQ(status(bearer(made->secret)), 200);
  EXPECT_TRUE(hears([&] { return status(bearer(made->secret)) == 401; }));
  EXPECT_THAT(ask(made->secret).body, HasSubstr("has expired"));
}

TEST_F(KeysOfAService, AKeyAsksAsOftenAsItMayAndIsToldWhenAgain) {
  const std::string secret = make_key({"--requests-per-minute", "2"});
  start();
  EXPECT_EQ(status(bearer(secret)), 200);
  EXPECT_EQ(status(bearer(secret)), 200);
  RawReply refused = send("GET", "/v1/models", "", bearer(secret));
  EXPECT_EQ(refused.status, 429);
  const int wait_s = std::stoi("0" + refused.headers["retry-after"]);
  EXPECT_GT(wait_s, 0);
  EXPECT_LE(wait_s, 30);
}

TEST_F(KeysOfAService, AQuotaIsOfTheDayAndOutlivesTheDaemon) {
  const std::string secret = make_key({"--name", "small", "--tokens-per-day", "3"});
  start();
  EXPECT_EQ(ask(secret).status, 200);
  RawReply refused = ask(secret);
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"insufficient_quota")"));
  EXPECT_NE(refused.headers["retry-after"], "");
  const auto used = [&] {
    const Outcome listed = hearth({"keys", "inbound", "list", "--json"});
    EXPECT_EQ(listed.code, 0) << listed.err;
    return DaemonProcess::number_in(listed.out, "tokens_today");
  };
  EXPECT_TRUE(becomes_true([&] { return used() > 3; }));
  end();
  start();
  EXPECT_EQ(ask(secret).status, 429);
}

TEST_F(KeysOfAService, NoSecretIsWrittenAnywhere) {
  const std::string audit = service_.home() + "/audit.log";
  environment_ = {"HEARTH_SERVER_AUDIT_LOG=" + audit, "HEARTH_LOG_LEVEL=debug"};
  const std::string secret = make_key({"--scope", "admin"});
  const std::string wrong = access::make_secret();
  start();
  std::string said = service_.log();
  EXPECT_EQ(ask(secret, secret).status, 200);
  for (const std::string& key : {secret, wrong}) {
    const std::string query = "?api_key=" + key + "&key=" + key;
    said += send("GET", "/v1/models" + query, "", "").body;
    said += send("GET", "/v1/models" + query, "", bearer(key)).body;
    said += send("GET", "/v1/models", "", "x-api-key: " + key + "\r\n").body;
    said += send("POST", "/hearth/v1/models/unload", R"({"model":"none"})", bearer(key)).body;
    said += send("POST", "/v1/chat/completions" + query, "{\"" + key, bearer(key)).body;
    said += send("POST", "/v1/embeddings", R"({"input":")" + key + "\"}", bearer(key)).body;
    said += send("GET", "/nowhere" + query, "", bearer(key)).body;
  }
  said += send("GET", "/metrics", "", bearer(secret)).body;
  said += hearth({"keys", "inbound", "list"}).out;
  said += hearth({"keys", "inbound", "list", "--json"}).out;
  said += hearth({"config", "show"}, {"HEARTH_API_KEY=" + secret}).out;
  end();
  std::string notes = base::load_text_file(audit, 1 << 20).value_or("");
  EXPECT_THAT(notes, HasSubstr(R"("key":"key-)"));
  said += notes + service_.log();
  EXPECT_THAT(said, HasSubstr("/v1/embeddings"));
  EXPECT_EQ(said.find(secret), std::string::npos);
  EXPECT_EQ(said.find(wrong), std::string::npos);
  // Nor does the database have it.
  for (const char* end : {"", "-wal"}) {
    const std::string rows = base::load_text_file(database() + end, 1 << 24).value_or("");
    EXPECT_EQ(rows.find(secret.substr(7)), std::string::npos);
  }
}

TEST_F(KeysOfAService, OtherMachinesAreListenedToOnlyWithAKey) {
  const std::vector<std::string> serve = {"serve", "--host", "0.0.0.0", "--port", "0"};
  const Outcome refused = hearth(serve);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("hearth keys inbound create"));
  EXPECT_FALSE(fs::exists(database()));
}

TEST_F(KeysOfAnOpenService, WithAKeyItIsServedAndWarnedAboutWhereNothingIsEncrypted) {
  const std::string secret = make_key({"--name", "a"});
  start();
  EXPECT_THAT(service_.log(), HasSubstr("travel readable"));
  EXPECT_EQ(status(bearer(secret)), 200);
  EXPECT_EQ(status(""), 401);
}

TEST_F(KeysOfAService, AnotherFileInTheDatabasesPlaceIsOpened) {
  const std::string kept = make_key({"--name", "kept"});
  ASSERT_EQ(hearth({"keys", "inbound", "list"}).code, 0);
  fs::copy_file(database(), database() + ".backup");
  EXPECT_FALSE(fs::exists(database() + "-wal")) << "whoever is the last leaves one file";
  const std::string late = make_key({"--name", "late"});
  start();
  EXPECT_EQ(status(bearer(late)), 200);
  // Somebody puts the backup back, as docs/database.md says.
  for (const char* const part : {"-wal", "-shm", ""})
    fs::remove(database() + part);
  fs::rename(database() + ".backup", database());
  EXPECT_TRUE(hears([&] { return status(bearer(late)) == 401; })) << "it is not in the backup";
  EXPECT_EQ(status(bearer(kept)), 200);
  for (const char* const part : {"-wal", "-shm", ""})
    fs::remove(database() + part);
  const auto is_logged = [&] {
    return service_.log().find("the database of the API keys is out of reach") != std::string::npos;
  };
  EXPECT_TRUE(hears(is_logged)) << service_.log();
  EXPECT_EQ(status(bearer(kept)), 200) << "the keys that it had stay in force";
  EXPECT_EQ(status(""), 401) << "and nobody comes in without one";
  end();
}

TEST_F(KeysOfAService, ADatabaseThatCannotBeReadLetsNobodyIn) {
  start();
  EXPECT_EQ(status(""), 200);
  std::ofstream(database()) << std::string(8192, 'x');
  fs::permissions(database(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(hears([&] { return status("") == 503; }));
  EXPECT_EQ(status("", "/health/live"), 200);
  EXPECT_EQ(hearth({"list"}).code, 0) << "who owns the database is no stranger";
  EXPECT_THAT(service_.log(), HasSubstr("out of reach"));
  end();
  const Outcome refused = hearth({"serve", "--port", "0"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("the API keys cannot be read"));
  EXPECT_THAT(refused.err, HasSubstr("server.database"));
}

TEST_F(KeysOfAService, ADatabaseOfANewerHearthKeepsTheGateShut) {
  (void)make_key({});
  {
    auto database = db::open_database(this->database());
    ASSERT_TRUE(database);
    ASSERT_TRUE(
        (*database)->run("INSERT INTO hearth_migrations(room, number, name, digest, "
                         "applied_ms) VALUES ('access', 99, 'later', '0', 0)"));
  }
  const Outcome refused = hearth({"serve", "--port", "0"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("a newer Hearth"));
}

TEST_F(KeysOfAService, TheKeysMayStandOnAPostgresServer) {
  const db::testing::EmptyPlace place(db::testing::Driver::kPostgres);
  environment_ = {"HEARTH_SERVER_DATABASE=" + place.place()};
  const std::string first = make_key({"--name", "of-the-server"});
  start();
  EXPECT_EQ(status(bearer(first)), 200);
  EXPECT_EQ(status(""), 401);
  EXPECT_EQ(hearth({"keys", "inbound", "revoke", "of-the-server"}).code, 0);
  EXPECT_TRUE(hears([&] { return status(bearer(first)) == 401; }));
  EXPECT_FALSE(fs::exists(database()));
}

}  // namespace
}  // namespace hearth::testing
