// A provider for tests that answers every request with the same script, or the first ones with
// scripts of their own, and remembers what it was asked and what became of its streams. After a
// script without an end it waits for ever.
//
// Threads: confined to the loop, but for the counters and the requests, which tests read.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "provider/provider.h"

namespace hearth::api::testing {

struct Step {
  chat::Event event;
  base::Duration delay{};
};

class ScriptedProvider final : public provider::Provider {
 public:
  explicit ScriptedProvider(boost::asio::io_context& loop) : loop_(loop) {}

  void set_script(std::vector<Step> script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }
  // For the next requests, one each.
  void set_scripts(std::vector<std::vector<Step>> scripts) {
    const std::lock_guard lock(mutex_);
    scripts_.assign(scripts.begin(), scripts.end());
  }
  // What a request for any model is before a client has said anything.
  void set_blank(chat::Request blank) { blank_ = std::move(blank); }
  void set_models(std::vector<provider::ModelEntry> models) { models_ = std::move(models); }
  chat::Request last_request() const { return requests().back(); }
  std::vector<chat::Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  // Without any, nobody is answered.
  void set_tokens(std::optional<Result<chat::Tokens>> tokens) {
    const std::lock_guard lock(mutex_);
    tokens_ = std::move(tokens);
  }
  std::vector<chat::TokenizeRequest> tokenize_requests() const {
    const std::lock_guard lock(mutex_);
    return tokenize_requests_;
  }
  // Nothing is never an answer.
  void set_embeddings(std::optional<Result<chat::Embeddings>> embeddings) {
    const std::lock_guard lock(mutex_);
    embeddings_ = std::move(embeddings);
  }
  std::vector<chat::EmbedRequest> embed_requests() const {
    const std::lock_guard lock(mutex_);
    return embed_requests_;
  }
  int called_off() const { return *called_off_; }
  int streams_alive() const { return *alive_; }

  chat::Request blank(const std::string&) const override { return blank_; }

  std::unique_ptr<chat::EventStream> generate(chat::Request request) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    std::vector<Step> script = script_;
    if (!scripts_.empty()) {
      script = std::move(scripts_.front());
      scripts_.pop_front();
    }
    return std::make_unique<Stream>(loop_, std::move(script), alive_);
  }
  // Answers with the script's tokens.
  CallOff tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) override {
    const std::lock_guard lock(mutex_);
    tokenize_requests_.push_back(std::move(request));
    if (tokens_) boost::asio::post(loop_, [tokens = *tokens_, done] { done(tokens); });
    return [count = called_off_] { ++*count; };
  }
  CallOff embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) override {
    const std::lock_guard lock(mutex_);
    embed_requests_.push_back(std::move(request));
    if (embeddings_) {
      boost::asio::post(loop_, [embeddings = *embeddings_, done] { done(embeddings); });
    }
    return [count = called_off_] { ++*count; };
  }
  std::vector<provider::ModelEntry> models() const override { return models_; }

 private:
  using Alive = std::shared_ptr<std::atomic<int>>;

  class Stream final : public chat::EventStream {
   public:
    Stream(boost::asio::io_context& loop, std::vector<Step> script, Alive alive)
        : timer_(loop), script_(std::move(script)), alive_(std::move(alive)) {
      ++*alive_;
    }
    ~Stream() override { --*alive_; }

    void next(Handler handler) override {
      if (at_ >= script_.size()) return;
      timer_.expires_after(script_[at_].delay);
      auto deliver = [event = script_[at_].event,
                      handler = std::move(handler)](const boost::system::error_code& error) {
        if (!error) handler(event);
      };
      ++at_;
      timer_.async_wait(std::move(deliver));
    }

   private:
    boost::asio::steady_timer timer_;
    std::vector<Step> script_;
    Alive alive_;
    std::size_t at_ = 0;
  };

  boost::asio::io_context& loop_;
  mutable std::mutex mutex_;
  std::vector<Step> script_;
  std::deque<std::vector<Step>> scripts_;
  std::vector<chat::Request> requests_;
  std::optional<Result<chat::Tokens>> tokens_;
  std::vector<chat::TokenizeRequest> tokenize_requests_;
  std::optional<Result<chat::Embeddings>> embeddings_;
  std::vector<chat::EmbedRequest> embed_requests_;
  std::shared_ptr<std::atomic<int>> called_off_ = std::make_shared<std::atomic<int>>(0);
  std::vector<provider::ModelEntry> models_;
  chat::Request blank_;
  Alive alive_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace hearth::api::testing
