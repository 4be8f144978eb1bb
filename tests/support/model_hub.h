// The fake hubs of tests/fakes/model_hub, as one process with a folder of its own.
#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "fake_server.h"
#include "net/http_client.h"

namespace hearth::testing {

class ModelHub {
 public:
  ModelHub() : folder_(made_folder()), server_({HEARTH_MODEL_HUB, folder_}) {}
  ~ModelHub() {
    server_.end();
    std::filesystem::remove_all(folder_);
  }
  ModelHub(const ModelHub&) = delete;
  ModelHub& operator=(const ModelHub&) = delete;

  const std::string& folder() const { return folder_; }
  // "http://127.0.0.1:PORT"
  std::string address(const char* server) const { return server_.address(server); }
  // A file of what a server has.
  void put(const std::string& file, const std::string& path) const {
    const std::filesystem::path target = folder_ + "/" + path;
    std::filesystem::create_directories(target.parent_path());
    std::filesystem::copy_file(file, target);
  }
  // From now on; a JSON object as faults.py has it.
  void set_fault(const std::string& json) const { ask("POST", "/faults", json); }
  void forget_faults() const { ask("DELETE", "/faults", ""); }
  std::string seen() const { return ask("GET", "/seen", ""); }

 private:
  static std::string made_folder() {
    std::string folder = ::testing::TempDir() + "hub_XXXXXX";
    HEARTH_ASSERT(::mkdtemp(folder.data()) != nullptr);
    return folder;
  }
  std::string ask(const char* method, const char* target, const std::string& body) const {
    const std::string admin = address("admin");
    const auto port = static_cast<std::uint16_t>(std::stoi(admin.substr(admin.rfind(':') + 1)));
    net::HttpCall call;
    call.method = method;
    call.target = target;
    call.body = body;
    const auto reply = net::HttpClient::over_tcp("127.0.0.1", port).send(call);
    EXPECT_TRUE(reply && reply->status / 100 == 2);
    return reply ? reply->body : "";
  }

  std::string folder_;
  FakeServer server_;
};

}  // namespace hearth::testing
