// The real daemon as a service: the sockets that it is given, and what it tells.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/replacement.h"
#include "daemon.h"
#include "net/testing/raw_client.h"
#include "net/testing/tls_client.h"
#include "net/testing/tls_identity.h"
#include "service_process.h"

namespace hearth::testing {
namespace {

using net::testing::RawClient;
using net::testing::TlsClient;
using net::testing::TlsIdentity;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kPatience = std::chrono::seconds(30);

// A service behind TLS, with a certificate that can be replaced.
class EncryptedService : public ::testing::Test {
 protected:
  EncryptedService() {
    hold(first_.pem(), first_.key_pem());
    service_.start_and_wait(
        {"HEARTH_SERVER_TLS_CERTIFICATE=" + certificate_, "HEARTH_SERVER_TLS_KEY=" + key_});
  }
  void hold(const std::string& certificate, const std::string& key) const {
    ASSERT_TRUE(base::replace_file(certificate_, certificate, 0644));
    ASSERT_TRUE(base::replace_file(key_, key, 0600));
  }
  bool logs(const std::string& text) {
    return becomes_true([&] { return service_.log().find(text) != std::string::npos; });
  }

  TlsIdentity first_{"127.0.0.1"};
  TlsIdentity second_{"127.0.0.1"};
  ServiceProcess service_;
  const std::string certificate_ = service_.home() + "/certificate.pem";
  const std::string key_ = service_.home() + "/key.pem";
};

int status_over(RawClient& client) {
  client.request("GET", "/health/live");
  return client.read_reply().status;
}

TEST(Service, TellsWhenItIsReadyAndWhenItStops) {
  ServiceProcess service;
  service.start();
  EXPECT_EQ(service.news().next(),
            "READY=1\nSTATUS=at work on http://127.0.0.1:" + std::to_string(service.port()));
  RawClient client(service.port());
  EXPECT_EQ(status_over(client), 200);
  ASSERT_TRUE(service.process().signal(SIGTERM));
  EXPECT_THAT(service.news().next(), StartsWith("STOPPING=1\n"));
  const auto ended = service.process().wait(kPatience);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is_success()) << ended->to_string();
}

TEST(Service, AnswersWhoConnectedBeforeItWasStarted) {
  ServiceProcess service;
  RawClient early(service.port());
  early.request("GET", "/health/live");
  service.start();
  EXPECT_EQ(early.read_reply().status, 200) << service.log();
}

TEST(Service, ServesTheSocketOfItsHomeWhereItWasGivenOne) {
  ServiceProcess service;
  ASSERT_EQ(::mkdir((service.home() + "/run").c_str(), 0700), 0);
  const Fd control(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, service.socket_path().c_str());
  ASSERT_EQ(::bind(control.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::chmod(service.socket_path().c_str(), 0600), 0);
  ASSERT_EQ(::listen(control.get(), 16), 0);
  service.start_and_wait({}, {control.get()});
  RawClient local(service.socket_path());
  EXPECT_EQ(status_over(local), 200);
  EXPECT_THAT(service.log(), HasSubstr("name=\"control\""));
  ASSERT_TRUE(service.process().signal(SIGTERM));
  ASSERT_TRUE(service.process().wait(kPatience));
  EXPECT_TRUE(std::filesystem::exists(service.socket_path())) << "it belongs to who made it";
}

TEST(Service, RefusesASocketThatOtherMachinesReachAsLongAsThereIsNoKey) {
  ServiceProcess service(INADDR_ANY);
  service.start();
  const auto ended = service.process().wait(kPatience);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  EXPECT_THAT(service.log(), HasSubstr("other machines may reach 0.0.0.0:"));
  EXPECT_THAT(service.log(), HasSubstr("hearth keys inbound create"));
}

TEST(Service, FeedsTheWatchdogAsLongAsItsLoopRuns) {
  ServiceProcess service;
  service.start_and_wait({"WATCHDOG_USEC=300000"});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(service.news().next(), "WATCHDOG=1");
  RawClient client(service.port());
  EXPECT_EQ(status_over(client), 200);
  EXPECT_EQ(service.news().next(), "WATCHDOG=1");
}

TEST(Service, OpensItsAuditLogAnewAtASignal) {
  ServiceProcess service;
  const std::string path = service.home() + "/audit.log";
  service.start_and_wait({"HEARTH_SERVER_AUDIT_LOG=" + path});
  const auto unload = [&](const std::string& id) {
    RawClient client(service.port());
    client.request("POST", "/hearth/v1/models/unload", R"({"model":"none"})",
                   "X-Request-Id: " + id + "\r\n");
    EXPECT_EQ(client.read_reply().status, 404);
  };
  const auto content = [](const std::string& file) {
    return base::load_text_file(file, 1 << 20).value_or("");
  };
  // The line is written when the reply is out.
  const auto is_noted = [&](const std::string& text) {
    return becomes_true([&] { return content(path).find(text) != std::string::npos; });
  };
  unload("one");
  EXPECT_TRUE(is_noted(R"("id":"one","peer":"127.0.0.1:)"));
  std::filesystem::rename(path, path + ".1");
  ASSERT_TRUE(service.process().signal(SIGHUP));
  EXPECT_TRUE(becomes_true([&] { return std::filesystem::exists(path); }));
  unload("two");
  EXPECT_TRUE(is_noted(R"("id":"two")"));
  EXPECT_EQ(content(path + ".1").find("two"), std::string::npos);
}

TEST_F(EncryptedService, SpeaksTlsOnItsPortAndPlainlyOnItsSocket) {
  TlsClient client(service_.port());
  ASSERT_TRUE(client.agreed()) << service_.log();
  EXPECT_EQ(status_over(client), 200);
  RawClient local(service_.socket_path());
  EXPECT_EQ(status_over(local), 200);
  RawClient plain(service_.port());
  EXPECT_EQ(status_over(plain), 400);
  EXPECT_THAT(service_.log(), HasSubstr("https://127.0.0.1:"));
}

TEST_F(EncryptedService, ASignalGivesNewConnectionsTheNewCertificateWhileAnAnswerStreams) {
  TlsClient stream(service_.port());
  stream.request("POST", "/v1/chat/completions",
                 chat_body(model_path("tiny-llama-f16"), "go on", 400, true));
  ASSERT_NE(stream.read_through("data: "), "") << service_.log();
  hold(second_.pem(), second_.key_pem());
  ASSERT_TRUE(service_.process().signal(SIGHUP));
  EXPECT_TRUE(logs("new connections get the certificate"));
  EXPECT_EQ(TlsClient(service_.port()).certificate(), second_.pem());
  EXPECT_NE(stream.read_through("data: [DONE]\n\n"), "");
  EXPECT_EQ(stream.certificate(), first_.pem());
}

TEST_F(EncryptedService, ABrokenCertificateIsLoggedAndTheOldOneStays) {
  hold("broken", "broken");
  ASSERT_TRUE(service_.process().signal(SIGHUP));
  EXPECT_TRUE(logs("the old one stays in use"));
  EXPECT_EQ(TlsClient(service_.port()).certificate(), first_.pem());
}

TEST_F(EncryptedService, NoticesANewCertificateByItself) {
  hold(second_.pem(), second_.key_pem());
  EXPECT_TRUE(
      becomes_true([&] { return TlsClient(service_.port()).certificate() == second_.pem(); }));
}

TEST(Service, DoesNotStartWithACertificateThatCannotBeUsed) {
  ServiceProcess service;
  service.start({"HEARTH_SERVER_TLS_CERTIFICATE=" + service.write("c.pem", "nothing"),
                 "HEARTH_SERVER_TLS_KEY=" + service.write("k.pem", "nothing")});
  const auto ended = service.process().wait(kPatience);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  EXPECT_THAT(service.log(), HasSubstr("holds no certificate in PEM"));
}

}  // namespace
}  // namespace hearth::testing
