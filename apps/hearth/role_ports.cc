#include "role_ports.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "fleet/fit/model_sheet.h"
#include "store/default_model.h"

namespace hearth {

using config::Key;

namespace {

Failure about(Key setting, const Error& error) {
  return fail(error.code, fmt::format("{}: {}", config::setting_of(setting).name, error.message));
}

Result<void> check_dimensions(const config::Settings& settings, const store::ModelFile& model) {
  const std::int64_t wanted = settings.integer(Key::kServerEmbeddingsDimensions);
  if (wanted == 0) return {};
  const auto facts = fleet::load_facts(model);
  if (!facts) return about(Key::kServerEmbeddingsModel, facts.error());
  if (wanted <= facts->embedding) return {};
  return fail(
      Code::kInvalidArgument,
      fmt::format("{}: {} is {}, and the vectors of {} have {} dimensions; ask for no more, "
                  "or choose another server.embeddings_model",
                  settings.origin(Key::kServerEmbeddingsDimensions).to_string(),
                  config::setting_of(Key::kServerEmbeddingsDimensions).name, wanted, model.name,
                  facts->embedding));
}

}  // namespace

Result<std::vector<RolePort>> make_role_ports(const config::Settings& settings,
                                              const store::Catalog& catalog,
                                              const provider::Provider& provider) {
  std::vector<RolePort> ports;
  if (const auto port = settings.integer(Key::kServerEmbeddingsPort); port != 0) {
    std::string name = settings.text(Key::kServerEmbeddingsModel);
    if (name.empty()) name = store::kEmberEmbed;
    const auto model = catalog.find_model(name);
    if (!model) return about(Key::kServerEmbeddingsModel, model.error());
    HEARTH_TRY(check_dimensions(settings, *model));
    const auto dimensions =
        static_cast<std::uint32_t>(settings.integer(Key::kServerEmbeddingsDimensions));
    ports.push_back({Key::kServerEmbeddingsPort,
                     static_cast<std::uint16_t>(port),
                     {api::Role::Kind::kEmbeddings, std::move(name), dimensions}});
  }
  if (const auto port = settings.integer(Key::kServerReasoningPort); port != 0) {
    std::string name = settings.text(Key::kServerReasoningModel);
    if (name.empty()) {
      auto usual = provider.default_model();
      if (!usual) return about(Key::kServerReasoningModel, usual.error());
      name = *std::move(usual);
    }
    const auto model = catalog.find_model(name);
    if (!model) return about(Key::kServerReasoningModel, model.error());
    ports.push_back({Key::kServerReasoningPort,
                     static_cast<std::uint16_t>(port),
                     {api::Role::Kind::kReasoning, std::move(name)}});
  }
  return ports;
}

}  // namespace hearth
