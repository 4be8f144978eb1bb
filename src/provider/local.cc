#include "provider/local.h"

#include <utility>

namespace hearth::provider {

std::unique_ptr<chat::EventStream> Local::generate(chat::Request request) {
  auto model = catalog_.find_model(request.model);
  return fleet_.generate(std::move(model), std::move(request));
}

CallOff Local::tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) {
  const auto model = catalog_.find_model(request.model);
  if (model) return fleet_.tokenize(*model, std::move(request), std::move(done));
  done(fail(model.error()));
  return [] {};
}

CallOff Local::embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) {
  const auto model = catalog_.find_model(request.model);
  if (model) return fleet_.embed(*model, std::move(request), std::move(done));
  done(fail(model.error()));
  return [] {};
}

std::vector<ModelEntry> Local::models() const {
  std::vector<ModelEntry> entries;
  for (const store::ModelFile& file : catalog_.list()) {
    entries.push_back({file.name, file.size_bytes, file.modified_ms, fleet_.capabilities(file),
                       file.is_built_in()});
  }
  return entries;
}

}  // namespace hearth::provider
