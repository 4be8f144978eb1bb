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
  ~ScriptedProvider() override;

  void set_script(std::vector<Step> script);
  // For the next requests, one each.
  void set_scripts(std::vector<std::vector<Step>> scripts);
  // What a request for any model is before a client has said anything.
  void set_blank(chat::Request blank);
  void set_models(std::vector<provider::ModelEntry> models);
  chat::Request last_request() const;
  std::vector<chat::Request> requests() const;
  // Without any, nobody is answered.
  void set_tokens(std::optional<Result<chat::Tokens>> tokens);
  std::vector<chat::TokenizeRequest> tokenize_requests() const;
  // Nothing is never an answer.
  void set_embeddings(std::optional<Result<chat::Embeddings>> embeddings);
  std::vector<chat::EmbedRequest> embed_requests() const;
  int called_off() const { return *called_off_; }
  int streams_alive() const { return *alive_; }

  chat::Request blank(const std::string& model) const override;
  std::unique_ptr<chat::EventStream> generate(chat::Request request) override;
  // Answers with the script's tokens.
  CallOff tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) override;
  CallOff embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) override;
  std::vector<provider::ModelEntry> models() const override;
  Result<std::string> default_model() const override;

 private:
  using Alive = std::shared_ptr<std::atomic<int>>;
  class Stream;

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
