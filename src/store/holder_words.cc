#include "store/holder_words.h"

#include <array>

#include "store/name/model_name.h"

namespace hearth::store {

namespace {

constexpr std::array kHolders{Holder::kFolder, Holder::kBuiltIn,  Holder::kStore,
                              Holder::kOllama, Holder::kLmStudio, Holder::kHubCache};

// As Ollama calls it: its library needs no host, everything else does.
std::string ollama_name(const ModelFile& model) {
  const auto name = ModelName::parse(model.name);
  if (!name || std::holds_alternative<RegistryName>(name->source())) return model.name;
  return name->text();
}

// "OWNER/REPOSITORY": the hub's tools remove nothing less.
std::string repository_name(const ModelFile& model) {
  const auto name = ModelName::parse(model.name);
  const auto* hub = name ? std::get_if<HuggingFaceName>(&name->source()) : nullptr;
  return hub == nullptr ? model.name : hub->owner + "/" + hub->repository;
}

}  // namespace

std::string_view holder_word(Holder holder) {
  switch (holder) {
    case Holder::kNobody:
      return "path";
    case Holder::kFolder:
      return "folder";
    case Holder::kBuiltIn:
      return "built_in";
    case Holder::kStore:
      return "store";
    case Holder::kOllama:
      return "ollama";
    case Holder::kLmStudio:
      return "lm_studio";
    case Holder::kHubCache:
      return "hugging_face_cache";
  }
  return {};
}

Holder holder_of(std::string_view word) {
  for (const Holder holder : kHolders) {
    if (holder_word(holder) == word) return holder;
  }
  return Holder::kNobody;
}

std::string_view program_name(Holder holder) {
  switch (holder) {
    case Holder::kOllama:
      return "Ollama";
    case Holder::kLmStudio:
      return "LM Studio";
    case Holder::kHubCache:
      return "Hugging Face cache";
    case Holder::kNobody:
    case Holder::kFolder:
    case Holder::kBuiltIn:
    case Holder::kStore:
      break;
  }
  return {};
}

std::string how_to_remove(const ModelFile& model) {
  if (model.holder == Holder::kOllama) return "`ollama rm " + ollama_name(model) + "`";
  if (model.holder == Holder::kHubCache)
    return "`hf cache rm model/" + repository_name(model) + "`";
  return "LM Studio's list of models, or delete '" + model.path + "'";
}

}  // namespace hearth::store
