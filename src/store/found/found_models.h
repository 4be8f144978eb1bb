// The models that other programs of this machine hold: Ollama, LM Studio and the tools of Hugging
// Face. They are used where they lie and never changed; docs/found-models.md is the page for
// people.
//
// Nothing in those folders is trusted, and nothing of them is remembered: what has changed there
// is seen at the next call.
//
// Threads: immutable; every call looks at the disk.
// Errors:  kNotFound; what else is wrong with a model that is there but cannot be used.
// Limits:  those of one look (look.h) and of the formats.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/found/places.h"
#include "store/model_file.h"
#include "store/name/model_name.h"

namespace hearth::store {

class FoundModels {
 public:
  explicit FoundModels(FoundPlaces places) : places_(std::move(places)) {}

  // Ollama's first, then LM Studio's, then the hub's; of several with one name the first one.
  std::vector<ModelFile> list() const;
  // Looks only where the name leads to, so it is cheap however much there is.
  Result<ModelFile> find(const ModelName& name) const;
  // The same with Ollama alone.
  Result<ModelFile> find_at_ollama(const ModelName& name) const;

 private:
  FoundPlaces places_;
};

}  // namespace hearth::store
