#include "runner_client.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "wire/socket.h"

namespace hearth::testing {

namespace {

constexpr int kPatienceMs = 60'000;
constexpr std::uint32_t kStatsRequest = 0x7FFFFFFF;

process::Child spawn(const std::string& executable, const std::string& cache_folder, Fd& ours) {
  int ends[2];
  HEARTH_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  ours.reset(ends[0]);
  const Fd theirs(ends[1]);
  process::SpawnOptions options;
  options.program = executable;
  options.arguments = {"--socket", "3", "--log-level", "off"};
  if (!cache_folder.empty()) {
    options.arguments.insert(options.arguments.end(), {"--cache-folder", cache_folder});
  }
  options.descriptors = {{theirs.get(), 3}};
  auto child = process::Child::spawn(options);
  if (!child) ADD_FAILURE() << child.error().to_string();
  HEARTH_ASSERT(child.has_value());
  return std::move(*child);
}

}  // namespace

RunnerClient::RunnerClient(const std::string& executable, const std::string& cache_folder)
    : child_(spawn(executable, cache_folder, socket_)) {}

void RunnerClient::send(std::uint32_t request, wire::Message message,
                        const std::vector<int>& files) {
  const auto bytes = wire::encode(request, std::move(message));
  HEARTH_ASSERT(bytes.has_value());
  const auto sent = wire::send_all(socket_.get(), *bytes, files);
  if (!sent) std::fprintf(stderr, "not sent: %s\n", sent.error().to_string().c_str());
}

void RunnerClient::send_raw(std::string_view bytes) {
  [[maybe_unused]] const auto sent = wire::send_all(socket_.get(), bytes);
}

std::optional<wire::Message> RunnerClient::receive(std::uint32_t request) {
  while (true) {
    auto& kept = kept_[request];
    if (!kept.empty()) {
      wire::Message message = std::move(kept.front());
      kept.erase(kept.begin());
      return message;
    }
    pollfd wait{socket_.get(), POLLIN, 0};
    if (::poll(&wait, 1, kPatienceMs) <= 0) {
      ADD_FAILURE() << "the runner said nothing for " << kPatienceMs << " ms";
      return std::nullopt;
    }
    auto received = wire::receive(socket_.get());
    if (!received || received->bytes.empty()) return std::nullopt;
    reader_.feed(received->bytes);
    while (true) {
      auto frame = reader_.next();
      EXPECT_TRUE(frame.has_value());
      if (!frame || !*frame) break;
      auto message = wire::decode(**frame);
      EXPECT_TRUE(message.has_value());
      if (message) kept_[(**frame).request].push_back(std::move(*message));
    }
  }
}

std::size_t RunnerClient::kept(std::uint32_t request) const {
  const auto found = kept_.find(request);
  return found == kept_.end() ? 0 : found->second.size();
}

void RunnerClient::send_together(std::vector<std::pair<std::uint32_t, wire::Message>> messages) {
  std::string all;
  for (auto& [request, message] : messages) {
    const auto bytes = wire::encode(request, std::move(message));
    HEARTH_ASSERT(bytes.has_value());
    all += *bytes;
  }
  send_raw(all);
}

wire::HelloReply RunnerClient::greet() {
  send(0, wire::Hello{wire::kProtocolVersion, "test"});
  return expect<wire::HelloReply>(0).value_or(wire::HelloReply{});
}

Result<wire::Loaded> RunnerClient::load(const std::string& path, wire::Load load) {
  greet();
  const Fd file = HEARTH_TRY(base::open_for_reading(path));
  load.model = path;
  send(0, load, {file.get()});
  while (auto message = receive(0)) {
    if (auto* loaded = std::get_if<wire::Loaded>(&*message)) return std::move(*loaded);
    if (auto* refused = std::get_if<wire::Refused>(&*message)) return fail(refused->error);
  }
  return fail(Code::kEngineCrashed, "the runner ended while loading");
}

void RunnerClient::generate(std::uint32_t request, chat::Request asked) {
  send(request, wire::Generate{std::move(asked)});
}

Answer RunnerClient::finish(std::uint32_t request) {
  Answer answer;
  while (!answer.finished && !answer.failed) {
    auto said = expect<wire::Said>(request);
    if (!said) {
      answer.failed = make_error(Code::kEngineCrashed, "the runner is gone");
      break;
    }
    send(request, wire::Credit{1});
    if (auto* text = std::get_if<chat::TextDelta>(&said->event)) {
      answer.text += text->text;
      ++answer.deltas;
      answer.logprobs.insert(answer.logprobs.end(), text->logprobs.begin(), text->logprobs.end());
    } else if (auto* thinking = std::get_if<chat::ThinkingDelta>(&said->event)) {
      answer.thinking += thinking->text;
    } else if (auto* call = std::get_if<chat::ToolCallDelta>(&said->event)) {
      if (call->index >= answer.calls.size()) answer.calls.resize(call->index + 1);
      answer.calls[call->index].id += call->id;
      answer.calls[call->index].name += call->name;
      answer.calls[call->index].arguments += call->arguments;
    } else if (auto* warning = std::get_if<chat::Warning>(&said->event)) {
      answer.warnings.push_back(warning->text);
    } else if (auto* started = std::get_if<chat::Started>(&said->event)) {
      answer.started = *started;
    } else if (auto* usage = std::get_if<chat::Usage>(&said->event)) {
      answer.usage = *usage;
    } else if (auto* finished = std::get_if<chat::Finished>(&said->event)) {
      answer.finished = finished->reason;
      answer.stop_sequence = finished->stop_sequence;
    } else if (auto* failed = std::get_if<chat::Failed>(&said->event)) {
      answer.failed = failed->error;
    } else {
      ++answer.prefill_reports;
    }
  }
  return answer;
}

wire::Stats RunnerClient::stats() {
  send(kStatsRequest, wire::StatsQuery{});
  return expect<wire::Stats>(kStatsRequest).value_or(wire::Stats{});
}

chat::Request make_request(std::string prompt, std::uint32_t max_tokens) {
  chat::Request request;
  request.id = "test";
  request.messages = {{chat::Role::kUser, std::move(prompt)}};
  request.max_tokens = max_tokens;
  request.sampling.temperature = 0;
  request.sampling.ignore_eos = true;
  return request;
}

}  // namespace hearth::testing
