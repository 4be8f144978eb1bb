// The files of a model, opened and looked at before any process exists: what llama.cpp could not
// load is refused here, with words. The same descriptors go to the runner, so that what was
// checked is what is loaded; the later parts of a divided model are opened there once more.
//
// Errors: kNotFound, kCorrupt, kInvalidArgument, with the path as context.
#pragma once

#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "gguf/model_facts.h"
#include "store/model_file.h"

namespace hearth::fleet {

struct OpenedModel {
  Fd file;  // the first part of a divided one
  std::vector<Fd> adapters;
  gguf::ModelFacts facts;  // of all parts
};

Result<OpenedModel> open_model(const store::ModelFile& model);

}  // namespace hearth::fleet
