// The models of this machine as a provider: names are looked up in the catalog, work goes to the
// fleet.
//
// Threads: confined to the daemon's loop.
#pragma once

#include <string>
#include <utility>

#include "fleet/fleet.h"
#include "provider/provider.h"
#include "store/catalog.h"

namespace hearth::provider {

class Local final : public Provider {
 public:
  // `chosen` is the default model that a setting names; empty where none does.
  Local(const store::Catalog& catalog, fleet::Fleet& fleet, std::string chosen = {})
      : catalog_(catalog), fleet_(fleet), chosen_(std::move(chosen)) {}

  chat::Request blank(const std::string& model) const override;
  std::unique_ptr<chat::EventStream> generate(chat::Request request) override;
  CallOff tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) override;
  CallOff embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) override;
  std::vector<ModelEntry> models() const override;
  Result<std::string> default_model() const override;

 private:
  const store::Catalog& catalog_;
  fleet::Fleet& fleet_;
  const std::string chosen_;
};

}  // namespace hearth::provider
