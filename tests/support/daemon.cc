#include "daemon.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "json/parse.h"
#include "places.h"

namespace hearth::testing {

namespace {

constexpr int kReadyMs = 30'000;

process::Child start(const std::string& home, std::vector<std::string> arguments,
                     std::vector<std::string> environment) {
  int ends[2];
  HEARTH_ASSERT(::pipe(ends) == 0);
  const Fd ready(ends[0]);
  Fd theirs(ends[1]);
  process::SpawnOptions options;
  options.program = hearth_path();
  options.arguments = {"serve", "--ready-fd", "3"};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = std::move(environment);
  const auto say = [&](const std::string& name, const std::string& value) {
    const bool is_said = std::ranges::any_of(
        options.environment, [&](const std::string& one) { return one.starts_with(name + "="); });
    if (!is_said) options.environment.push_back(name + "=" + value);
  };
  say("HEARTH_MODELS_FOUND", "no");  // what this machine has of other programs is no part of tests
  options.environment.push_back("HEARTH_HOME=" + home);
  say("HEARTH_LOG_LEVEL", "warning");
  options.environment.push_back("HEARTH_MODEL_THREADS=1");
  options.descriptors = {{theirs.get(), 3}};
  auto child = process::Child::spawn(options);
  HEARTH_ASSERT(child.has_value());
  theirs.reset();
  pollfd wait{ready.get(), POLLIN, 0};
  char byte = 0;
  const bool is_ready = ::poll(&wait, 1, kReadyMs) == 1 && ::read(ready.get(), &byte, 1) == 1;
  EXPECT_TRUE(is_ready) << "the daemon did not become ready";
  return std::move(*child);
}

const boost::json::value* at(const boost::json::value& value, const char* pointer) {
  boost::system::error_code error;
  return value.find_pointer(pointer, error);
}

std::string text_at(const boost::json::value& value, const char* pointer) {
  const auto* found = at(value, pointer);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

void take(ChatAnswer& answer, const std::string& json) {
  const auto value = json::parse(json);
  if (!value) return;
  answer.text += text_at(*value, "/choices/0/delta/content");
  answer.text += text_at(*value, "/choices/0/message/content");
  const std::string reason = text_at(*value, "/choices/0/finish_reason");
  if (!reason.empty()) answer.finish_reason = reason;
  const std::string code = text_at(*value, "/error/code");
  if (at(*value, "/error") != nullptr) {
    answer.error_code = code.empty() ? text_at(*value, "/error/type") : code;
    answer.error_message = text_at(*value, "/error/message");
  }
}

void take_events(ChatAnswer& answer, std::string_view stream) {
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t end = std::min(stream.find('\n', at), stream.size());
    const std::string_view line = stream.substr(at, end - at);
    if (line.starts_with("data: ")) {
      answer.data.emplace_back(line.substr(6));
      take(answer, answer.data.back());
    }
    at = end + 1;
  }
}

}  // namespace

DaemonProcess::DaemonProcess(std::vector<std::string> arguments,
                             std::vector<std::string> environment) {
  home_ = ::testing::TempDir() + "hearth_XXXXXX";
  HEARTH_ASSERT(::mkdtemp(home_.data()) != nullptr);
  if (arguments.empty()) arguments = {"--private"};
  arguments_ = std::move(arguments);
  environment_ = std::move(environment);
  child_.emplace(start(home_, arguments_, environment_));
}

void DaemonProcess::kill_and_restart(std::vector<std::string> environment) {
  environment_ = std::move(environment);
  kill_and_restart();
}

void DaemonProcess::kill_and_restart() {
  EXPECT_TRUE(child_->signal(SIGKILL).has_value());
  EXPECT_TRUE(child_->wait(std::chrono::seconds(20)).has_value());
  child_.emplace(start(home_, arguments_, environment_));
}

DaemonProcess::~DaemonProcess() {
  child_.reset();
  std::filesystem::remove_all(home_);
}

net::HttpReply DaemonProcess::get(const std::string& target, const Heard& heard) {
  net::HttpCall call;
  call.target = target;
  auto reply = net::HttpClient::over_unix(home_ + "/run/hearth.sock").send(call, heard);
  EXPECT_TRUE(reply.has_value()) << (reply ? "" : reply.error().to_string());
  return reply.value_or(net::HttpReply{});
}

net::HttpReply DaemonProcess::post(const std::string& target, const std::string& body) {
  net::HttpCall call;
  call.method = "POST";
  call.target = target;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = body;
  auto reply = net::HttpClient::over_unix(home_ + "/run/hearth.sock").send(call);
  EXPECT_TRUE(reply.has_value()) << (reply ? "" : reply.error().to_string());
  return reply.value_or(net::HttpReply{});
}

ChatAnswer DaemonProcess::post_chat(const std::string& body, const Heard& heard) {
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/chat/completions";
  call.headers = {{"Content-Type", "application/json"}};
  call.body = body;
  ChatAnswer answer;
  const auto reply = net::HttpClient::over_unix(home_ + "/run/hearth.sock")
                         .send(call, [&](std::string_view bytes) {
                           answer.body += bytes;
                           return heard ? heard(bytes) : net::ChunkAction::kContinue;
                         });
  if (!reply) {
    answer.error_code = "no reply";
    answer.error_message = reply.error().to_string();
    return answer;
  }
  answer.status = reply->status;
  answer.body += reply->body;
  if (answer.body.starts_with("{")) {
    take(answer, answer.body);
  } else {
    take_events(answer, answer.body);
  }
  return answer;
}

ChatAnswer DaemonProcess::chat(const std::string& model, const std::string& prompt,
                               int max_tokens) {
  return post_chat(chat_body(model, prompt, max_tokens, true));
}

std::int64_t DaemonProcess::number_in(const std::string& json, const std::string& key) {
  const std::size_t found = json.find("\"" + key + "\":");
  return found == std::string::npos ? 0 : std::atoll(json.c_str() + found + key.size() + 3);
}

double DaemonProcess::metric(const std::string& name) {
  const std::string text = get("/metrics").body;
  double sum = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const bool matches = line.starts_with(name) && line.size() > name.size() &&
                         (line[name.size()] == ' ' || line[name.size()] == '{');
    if (matches) sum += std::atof(line.c_str() + line.find_last_of(' '));
    at = end + 1;
  }
  return sum;
}

int DaemonProcess::runner_pid() {
  return static_cast<int>(number_in(get("/hearth/v1/models").body, "pid"));
}

std::string chat_body(const std::string& model, const std::string& prompt, int max_tokens,
                      bool stream) {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":")" + prompt +
         R"("}],"temperature":0,"ignore_eos":true,"max_tokens":)" + std::to_string(max_tokens) +
         (stream ? R"(,"stream":true})" : "}");
}

bool becomes_true(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace hearth::testing
