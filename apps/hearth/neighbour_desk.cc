#include "neighbour_desk.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace hearth {

namespace asio = boost::asio;

template <typename T, typename Ask>
void NeighbourDesk::run(Ask ask, Callback<T> done) {
  asio::post(worker_, [this, ask = std::move(ask), done = std::move(done)] {
    Result<T> result = host_ ? ask(store::RunningOllama(*host_)) : fail(host_.error());
    asio::post(loop_, [result = std::move(result), done] { done(result); });
  });
}

void NeighbourDesk::look(Callback<store::OllamaState> done) {
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return;
  run<store::OllamaState>([](const store::RunningOllama& ollama) { return ollama.look(); },
                          [this](const Result<store::OllamaState>& state) {
                            for (const auto& each : std::exchange(waiting_, {}))
                              each(state);
                          });
}

api::Neighbours NeighbourDesk::face() {
  api::Neighbours face;
  face.look = [this](Callback<store::OllamaState> done) { look(std::move(done)); };
  face.show = [this](const std::string& model, Callback<store::OllamaFacts> done) {
    const auto ask = [model](const store::RunningOllama& ollama) { return ollama.show(model); };
    run<store::OllamaFacts>(ask, std::move(done));
  };
  face.unload = [this](const std::string& model, Callback<void> done) {
    const auto ask = [model](const store::RunningOllama& ollama) { return ollama.unload(model); };
    run<void>(ask, std::move(done));
  };
  return face;
}

Result<store::OllamaHost> ollama_host_of(const config::Environment& environment,
                                         const config::Settings& settings) {
  if (settings.text(config::Key::kModelsFound) != "yes")
    return fail(Code::kUnavailable, "models.found says that nobody else is asked");
  return store::parse_ollama_host(environment("OLLAMA_HOST").value_or(""));
}

}  // namespace hearth
