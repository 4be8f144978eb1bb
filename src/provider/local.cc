#include "provider/local.h"

#include <utility>

#include "provider/directed.h"
#include "store/default_model.h"

namespace hearth::provider {

namespace {

// The model's own, if it has any.
const store::Directions* directions_of(const Result<store::ModelFile>& model) {
  return model && model->manifest ? &model->manifest->directions : nullptr;
}

void direct(const Result<store::ModelFile>& model, chat::Request& request) {
  const store::Directions* directions = directions_of(model);
  if (directions != nullptr && !request.raw_prompt)
    begin_conversation(*directions, request.messages);
}

}  // namespace

chat::Request Local::blank(const std::string& model) const {
  const auto known = catalog_.find_model(model);
  const store::Directions* directions = directions_of(known);
  return directions == nullptr ? chat::Request{} : blank_request(*directions);
}

std::unique_ptr<chat::EventStream> Local::generate(chat::Request request) {
  auto model = catalog_.find_model(request.model);
  direct(model, request);
  return fleet_.generate(std::move(model), std::move(request));
}

CallOff Local::tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) {
  const auto model = catalog_.find_model(request.model);
  if (request.conversation) direct(model, *request.conversation);
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
                       file.is_built_in(), file.holder, file.sha256});
  }
  return entries;
}

Result<std::string> Local::default_model() const {
  if (!chosen_.empty()) return chosen_;
  const auto files = catalog_.list();
  std::vector<store::ModelRival> rivals;
  for (const store::ModelFile& file : files)
    rivals.push_back({file.name, file.size_bytes, file.holder, file.is_built_in()});
  if (const auto best = store::find_default_model(rivals)) return files[best->place].name;
  return fail(Code::kNotFound,
              "there is no model yet: name one in the request, or put a .gguf file into the models "
              "folder");
}

}  // namespace hearth::provider
