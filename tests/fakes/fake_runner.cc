// A runner without an engine: it speaks the wire as hearth-runner does and misbehaves on request.
// The first word of the last message says how:
//
//   say N        N deltas, then the end            hang        nothing more, ever
//   crash N      N deltas, then SIGKILL to itself  babble      bytes that are no protocol
//   wrong        an answer of another kind         endless     deltas until it is cancelled
//   flood N      N deltas whatever the credit      bulk N      N deltas of 64 KiB
//   reload       Loaded once more                  rehello     its greeting once more
//   progress     progress of a load that is over   ponder N   N thoughts of 64 KiB
//   want         a lease, and then once more     return     a lease that it has not
//
// A model named …load-crash dies while loading, …load-refuse refuses, …load-slow loads for ever;
// …load-above-N has no memory for a pool of more than N tokens;
// …load-odd reports a thousand fractions that are none, …load-early answers before it has loaded.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "wire/messages.h"
#include "wire/socket.h"

namespace {

using namespace hearth;  // a program of its own, not a header

constexpr int kSocket = 3;

void send(std::uint32_t request, wire::Message message) {
  const auto bytes = wire::encode(request, std::move(message));
  if (!bytes || !wire::send_all(kSocket, *bytes)) std::exit(0);
}

void say(std::uint32_t request, chat::Event event) {
  send(request, wire::Said{std::move(event)});
}

void finish(std::uint32_t request, std::uint32_t tokens) {
  say(request, chat::Usage{.prompt_tokens = 3, .completion_tokens = tokens});
  say(request, chat::Finished{chat::Finished::Reason::kStop});
}

[[noreturn]] void die() {
  ::raise(SIGKILL);
  std::abort();
}

struct Endless {
  std::int64_t credit = wire::kCreditStart;
};

class FakeRunner {
 public:
  void serve() {
    while (true) {
      const auto received = wire::receive(kSocket);
      if (!received || received->bytes.empty()) return;
      reader_.feed(received->bytes);
      while (true) {
        const auto frame = reader_.next();
        if (!frame) std::exit(1);
        if (!*frame) break;
        auto message = wire::decode(**frame);
        if (!message) std::exit(1);
        handle((**frame).request, std::move(*message));
      }
    }
  }

 private:
  void handle(std::uint32_t request, wire::Message message) {
    if (std::holds_alternative<wire::Hello>(message)) {
      send(0, wire::HelloReply{.runner_version = "fake", .sandbox = "none"});
    } else if (const auto* load = std::get_if<wire::Load>(&message)) {
      this->load(*load);
    } else if (const auto* generate = std::get_if<wire::Generate>(&message)) {
      answer(request, generate->request);
    } else if (const auto* tokenize = std::get_if<wire::Tokenize>(&message)) {
      count(request, tokenize->request);
    } else if (const auto* embed = std::get_if<wire::Embed>(&message)) {
      this->embed(request, embed->request);
    } else if (const auto* threads = std::get_if<wire::Threads>(&message)) {
      stats_.threads = threads->count;
    } else if (std::holds_alternative<wire::StatsQuery>(message)) {
      stats_.running = static_cast<std::uint32_t>(endless_.size());
      send(request, stats_);
    } else if (std::holds_alternative<wire::Cancel>(message)) {
      endless_.erase(request);
      ++stats_.requests_cancelled;
      say(request, chat::Failed{make_error(Code::kCancelled, "cancelled")});
    } else if (const auto* credit = std::get_if<wire::Credit>(&message)) {
      const auto found = endless_.find(request);
      if (found == endless_.end()) return;
      found->second.credit += credit->events;
      go_on(request, found->second);
    } else if (std::holds_alternative<wire::Shutdown>(message)) {
      std::exit(0);
    }
  }

  // "wait" is never answered.
  static void embed(std::uint32_t request, const chat::EmbedRequest& asked) {
    if (asked.texts == std::vector<std::string>{"wait"}) return;
    send(request,
         wire::EmbeddingsReply{{.dimensions = 1, .values = std::vector<float>(asked.inputs())}});
  }

  // A text has a token for each byte, a conversation one for each message.
  static void count(std::uint32_t request, const chat::TokenizeRequest& asked) {
    const auto& conversation = asked.conversation;
    const std::size_t count = conversation ? conversation->messages.size() : asked.text.size();
    send(request, wire::TokensReply{{.count = static_cast<std::uint32_t>(count), .ids = {}}});
  }

  void load(const wire::Load& load) {
    if (load.model.ends_with("load-crash")) die();
    if (load.model.ends_with("load-slow")) ::pause();
    if (load.model.ends_with("load-refuse")) {
      send(0, wire::Refused{make_error(Code::kCorrupt, "the fake does not like this model")});
      std::exit(0);
    }
    refuse_large(load);
    if (load.model.ends_with("load-odd")) report_odd_progress();
    if (load.model.ends_with("load-early")) say(1, chat::Started{1, 3});
    send(0, wire::LoadProgress{0.5F});
    send(0, wire::Loaded{.architecture = "fake",
                         .context = load.context == 0 ? 4096 : load.context,
                         .kv_tokens = std::max(load.kv_tokens, load.context),
                         .generates = true,
                         .capabilities = {.system = true, .tools = true}});
  }

  static void refuse_large(const wire::Load& load) {
    constexpr std::string_view kMark = "load-above-";
    const std::size_t found = load.model.find(kMark);
    if (found == std::string::npos) return;
    const auto most = std::stoul(load.model.substr(found + kMark.size()));
    if (std::max(load.kv_tokens, load.context) <= most) return;
    send(0, wire::Refused{make_error(Code::kOutOfMemory, "the fake has no memory for that")});
    std::exit(0);
  }

  static void report_odd_progress() {
    constexpr int kReports = 250;
    for (int i = 0; i < kReports; ++i) {
      for (const float odd : {std::numeric_limits<float>::quiet_NaN(), -1e30F, 1e30F,
                              std::numeric_limits<float>::infinity()}) {
        send(0, wire::LoadProgress{odd});
      }
    }
  }

  // Whether it was one of the words that break the protocol.
  static bool misbehave(std::uint32_t request, const std::string& what, std::uint32_t count) {
    constexpr std::size_t kBulkBytes = 64 * 1024;
    if (what == "reload") {
      send(0, wire::Loaded{.architecture = "fake", .context = 4096, .generates = true});
    } else if (what == "rehello") {
      send(0, wire::HelloReply{.runner_version = "fake", .sandbox = "none"});
    } else if (what == "progress") {
      send(0, wire::LoadProgress{0.5F});
    } else if (what == "want") {
      send(0, wire::LeaseWanted{});
      send(0, wire::LeaseWanted{});
    } else if (what == "return") {
      send(0, wire::LeaseReturned{});
    } else if (what == "wrong") {
      send(request, wire::TokensReply{});
    } else if (what == "babble") {
      const std::string noise(64, '\xFF');
      [[maybe_unused]] const auto sent = wire::send_all(kSocket, noise);
    } else if (what == "ponder") {
      for (std::uint32_t i = 0; i < count; ++i)
        say(request, chat::ThinkingDelta{std::string(kBulkBytes, 'x'), 1});
    } else if (what == "flood" || what == "bulk") {
      const std::string text = what == "bulk" ? std::string(kBulkBytes, 'x') : "on ";
      for (std::uint32_t i = 0; i < count; ++i)
        say(request, chat::TextDelta{text, 1});
    } else {
      return false;
    }
    return true;
  }

  void answer(std::uint32_t request, const chat::Request& asked) {
    std::istringstream words(asked.messages.empty() ? "" : asked.messages.back().content);
    std::string what;
    std::uint32_t count = 0;
    words >> what >> count;
    say(request, chat::Started{1, 3});
    if (what == "endless") {
      go_on(request, endless_[request]);
      return;
    }
    if (misbehave(request, what, count)) return;
    for (std::uint32_t i = 0; i < count; ++i)
      say(request, chat::TextDelta{"word ", 1});
    if (what == "crash") die();
    if (what == "hang") return;
    finish(request, count);
  }

  void go_on(std::uint32_t request, Endless& endless) {
    for (; endless.credit > 0; --endless.credit) {
      say(request, chat::TextDelta{"on ", 1});
      ++stats_.completion_tokens;
    }
  }

  wire::FrameReader reader_;
  wire::Stats stats_;
  std::map<std::uint32_t, Endless> endless_;
};

}  // namespace

int main() {
  FakeRunner().serve();
  return 0;
}
