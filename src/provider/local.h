// The models of this machine as a provider: names are looked up in the catalog, work goes to the
// fleet.
//
// Threads: confined to the daemon's loop.
#pragma once

#include "fleet/fleet.h"
#include "provider/provider.h"
#include "store/catalog.h"

namespace hearth::provider {

class Local final : public Provider {
 public:
  Local(const store::Catalog& catalog, fleet::Fleet& fleet) : catalog_(catalog), fleet_(fleet) {}

  chat::Request blank(const std::string& model) const override;
  std::unique_ptr<chat::EventStream> generate(chat::Request request) override;
  CallOff tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) override;
  CallOff embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) override;
  std::vector<ModelEntry> models() const override;

 private:
  const store::Catalog& catalog_;
  fleet::Fleet& fleet_;
};

}  // namespace hearth::provider
