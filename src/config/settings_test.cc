#include "config/settings.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"

namespace hearth::config {
namespace {

using base::testing::TemporaryFolder;

Result<Settings> from_file(const std::string& text) {
  const TemporaryFolder folder;
  return load_settings(folder.write("config.yaml", text), {}, {});
}

TEST(Settings, StartFromTheDefaults) {
  const Settings settings;
  EXPECT_EQ(settings.text(Key::kServerHost), "127.0.0.1");
  EXPECT_EQ(settings.integer(Key::kServerPort), 4327);
  EXPECT_EQ(settings.integer(Key::kServerBodyLimit), 32 << 20);
  EXPECT_EQ(settings.integer(Key::kModelGpuLayers), -1);
  EXPECT_EQ(settings.origin(Key::kServerPort).to_string(), "default");
}

TEST(Settings, TheLaterSourceWinsAndIsRemembered) {
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "config.yaml", "server:\n  port: 1000\n  host: 127.0.0.2\nmodel:\n  threads: 3\n");
  const auto settings =
      load_settings(file, {"PATH=/bin", "HEARTH_SERVER_PORT=2000", "HEARTH_SERVER_HOST=::1"},
                    {{"server.port", "3000", {Origin::Kind::kFlag, "--port"}}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->integer(Key::kServerPort), 3000);
  EXPECT_EQ(settings->origin(Key::kServerPort).to_string(), "flag --port");
  EXPECT_EQ(settings->text(Key::kServerHost), "::1");
  EXPECT_EQ(settings->origin(Key::kServerHost).to_string(), "environment HEARTH_SERVER_HOST");
  EXPECT_EQ(settings->integer(Key::kModelThreads), 3);
  EXPECT_EQ(settings->origin(Key::kModelThreads).to_string(), file + ":5");
}

TEST(Settings, AMissingFileSaysNothingAndAFolderIsAnError) {
  const TemporaryFolder folder;
  EXPECT_TRUE(load_settings(folder.path() + "/none.yaml", {}, {}));
  EXPECT_FALSE(load_settings(folder.path(), {}, {}));
}

TEST(Settings, AnUnknownKeyNamesTheNearestValidOneAndItsLine) {
  const auto settings = from_file("log:\n  level: info\nserver:\n  prot: 1\n");
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("config.yaml:4: unknown setting 'server.prot'; did you "
                                          "mean 'server.port'?"),
            std::string::npos)
      << settings.error().message;
}

TEST(Settings, ACertificateAndItsKeyBelongTogether) {
  EXPECT_TRUE(from_file("server:\n  tls_certificate: /c.pem\n  tls_key: /k.pem\n"));
  const auto alone = from_file("server:\n  port: 1\n  tls_key: /k.pem\n");
  ASSERT_FALSE(alone);
  EXPECT_NE(alone.error().message.find("config.yaml:3: server.tls_key is set and "
                                       "server.tls_certificate is not; TLS needs both"),
            std::string::npos)
      << alone.error().message;
  EXPECT_FALSE(from_file("server:\n  tls_certificate: relative.pem\n  tls_key: /k.pem\n"));
}

TEST(Settings, AValueThatIsNotAllowedIsShownWithWhatIs) {
  const auto message = [](const std::string& text) {
    const auto settings = from_file(text);
    return settings ? std::string("no error") : settings.error().message;
  };
  EXPECT_NE(message("server.port: 70000")
                .find("config.yaml:1: server.port is '70000', but it must be a whole number from "
                      "0 to 65535"),
            std::string::npos);
  EXPECT_NE(message("server.port: abc").find("'abc'"), std::string::npos);
  EXPECT_NE(message("server.port: 1.5").find("whole number"), std::string::npos);
  EXPECT_NE(message("server.port: 99999999999999999999").find("whole number"), std::string::npos);
  EXPECT_NE(message("log.level: loud").find("one of debug, info, warning, error, off"),
            std::string::npos);
  EXPECT_NE(message("server.body_limit: 64 parsecs").find("a size such as 64 MiB"),
            std::string::npos);
  EXPECT_NE(message("server.body_limit: 9223372036854775807 GiB").find("a size"),
            std::string::npos);
  EXPECT_NE(message("models.folder: models").find("an absolute path"), std::string::npos);
  EXPECT_NE(message("default_model: \"a\\nb\"").find("without control characters"),
            std::string::npos);
}

TEST(Settings, TheServerListensOnAnAddressAndNotOnAName) {
  for (const char* host : {"example.com", "127.1", "", "localhost.evil", "1.2.3.4:80", "[::1]"}) {
    const auto settings =
        load_settings("/nowhere", {}, {{"server.host", host, {Origin::Kind::kFlag, "--host"}}});
    ASSERT_FALSE(settings) << host;
    EXPECT_EQ(settings.error().code, Code::kInvalidArgument);
    EXPECT_NE(settings.error().message.find("flag --host: server.host"), std::string::npos);
  }
  for (const char* host :
       {"127.0.0.1", "127.9.8.7", "::1", "0.0.0.0", "::", "192.168.1.2", "localhost"}) {
    EXPECT_TRUE(parse_value(setting_of(Key::kServerHost), host)) << host;
  }
}

TEST(Settings, ADatabaseIsAFileOrAServerAndNoPasswordIsRepeated) {
  const auto problem = [](const std::string& place) {
    const auto settings = load_settings(
        "/nowhere", {}, {{"server.database", place, {Origin::Kind::kFlag, "--database"}}});
    return settings ? std::string() : settings.error().message;
  };
  for (const char* place : {"", "/var/lib/hearth.db", "postgresql://hearth@db.lan:5432/hearth",
                            "postgres://db.lan/hearth?sslmode=verify-full"}) {
    EXPECT_EQ(problem(place), "") << place;
  }
  for (const char* place : {"hearth.db", "mysql://db.lan/s3cret", "postgresql://u:s3cret@db/hearth",
                            "postgresql://u@db/hearth?password=s3cret"}) {
    EXPECT_NE(problem(place).find("~/.pgpass"), std::string::npos) << place;
    EXPECT_EQ(problem(place).find("s3cret"), std::string::npos) << place;
  }
}

TEST(Settings, NamesOfHostsAreAListWithoutPorts) {
  const auto settings = from_file("server.hosts: hearth.lan,  10.0.0.7 ,fe80::1");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->names(Key::kServerHosts),
            (std::vector<std::string>{"hearth.lan", "10.0.0.7", "fe80::1"}));
  EXPECT_TRUE(Settings().names(Key::kServerHosts).empty());
  for (const char* wrong : {"https://hearth.lan", "hearth.lan:80", "a,,b", "a b", "*"}) {
    EXPECT_FALSE(parse_value(setting_of(Key::kServerHosts), wrong)) << wrong;
  }
}

TEST(Settings, AllProblemsAreToldAtOnce) {
  const auto settings = from_file("server.port: x\nmodel.treads: 3\n");
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find(":1: server.port"), std::string::npos);
  EXPECT_NE(settings.error().message.find(":2: unknown setting 'model.treads'"), std::string::npos);
}

TEST(Settings, SizesAreReadAndWrittenAsPeopleDo) {
  const Setting& limit = setting_of(Key::kServerBodyLimit);
  EXPECT_EQ(std::get<std::int64_t>(*parse_value(limit, "48 MiB")), 48 << 20);
  EXPECT_FALSE(parse_value(limit, "49 MiB"));
  EXPECT_EQ(std::get<std::int64_t>(*parse_value(limit, "1536KiB")), 1536 * 1024);
  EXPECT_EQ(std::get<std::int64_t>(*parse_value(limit, "4096")), 4096);
  EXPECT_EQ(value_text(limit, Value(std::int64_t{64} << 20)), "64 MiB");
  EXPECT_EQ(value_text(limit, Value(std::int64_t{1025})), "1025");
}

TEST(SettingsTable, NamesAreUniqueAndEnvironmentNamesFollowFromThem) {
  std::set<std::string_view> names;
  for (const Setting& setting : settings_table()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    std::string expected = "HEARTH_";
    for (const char c : setting.name) {
      expected += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    EXPECT_EQ(setting.environment, expected);
    EXPECT_FALSE(setting.help.empty());
    EXPECT_EQ(value_text(setting, *parse_value(setting, setting.default_text)),
              setting.default_text);
  }
}

TEST(Environment, AMisspeltSettingIsNoticedAndOtherVariablesAreNot) {
  const auto suspicious = suspicious_environment(
      {"HEARTH_SERVER_PROT=1", "HEARTH_HOME=/x", "HEARTH_SERVER_PORT=1", "HOME=/x"});
  ASSERT_EQ(suspicious.size(), 1U);
  EXPECT_NE(suspicious[0].find("did you mean HEARTH_SERVER_PORT?"), std::string::npos);
}

}  // namespace
}  // namespace hearth::config
