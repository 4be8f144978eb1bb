#include "api/testing/scripted_provider.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace hearth::api::testing {

class ScriptedProvider::Stream final : public chat::EventStream {
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

ScriptedProvider::~ScriptedProvider() = default;

void ScriptedProvider::set_script(std::vector<Step> script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

void ScriptedProvider::set_scripts(std::vector<std::vector<Step>> scripts) {
  const std::lock_guard lock(mutex_);
  scripts_.assign(scripts.begin(), scripts.end());
}

void ScriptedProvider::set_blank(chat::Request blank) {
  blank_ = std::move(blank);
}

void ScriptedProvider::set_models(std::vector<provider::ModelEntry> models) {
  models_ = std::move(models);
}

chat::Request ScriptedProvider::last_request() const {
  return requests().back();
}

std::vector<chat::Request> ScriptedProvider::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedProvider::set_tokens(std::optional<Result<chat::Tokens>> tokens) {
  const std::lock_guard lock(mutex_);
  tokens_ = std::move(tokens);
}

std::vector<chat::TokenizeRequest> ScriptedProvider::tokenize_requests() const {
  const std::lock_guard lock(mutex_);
  return tokenize_requests_;
}

void ScriptedProvider::set_embeddings(std::optional<Result<chat::Embeddings>> embeddings) {
  const std::lock_guard lock(mutex_);
  embeddings_ = std::move(embeddings);
}

std::vector<chat::EmbedRequest> ScriptedProvider::embed_requests() const {
  const std::lock_guard lock(mutex_);
  return embed_requests_;
}

chat::Request ScriptedProvider::blank(const std::string&) const {
  return blank_;
}

std::unique_ptr<chat::EventStream> ScriptedProvider::generate(chat::Request request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  std::vector<Step> script = script_;
  if (!scripts_.empty()) {
    script = std::move(scripts_.front());
    scripts_.pop_front();
  }
  return std::make_unique<Stream>(loop_, std::move(script), alive_);
}

CallOff ScriptedProvider::tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) {
  const std::lock_guard lock(mutex_);
  tokenize_requests_.push_back(std::move(request));
  if (tokens_) boost::asio::post(loop_, [tokens = *tokens_, done] { done(tokens); });
  return [count = called_off_] { ++*count; };
}

CallOff ScriptedProvider::embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) {
  const std::lock_guard lock(mutex_);
  embed_requests_.push_back(std::move(request));
  if (embeddings_) {
    boost::asio::post(loop_, [embeddings = *embeddings_, done] { done(embeddings); });
  }
  return [count = called_off_] { ++*count; };
}

std::vector<provider::ModelEntry> ScriptedProvider::models() const {
  return models_;
}

Result<std::string> ScriptedProvider::default_model() const {
  if (models_.empty()) return fail(Code::kNotFound, "there is no model yet");
  return models_.front().name;
}

}  // namespace hearth::api::testing
