// The body of POST /api/create becomes what Hearth's own /hearth/v1/models/create takes.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/hearth/make_request.h"
#include "store/manifest/blob_digest.h"

namespace hearth::api::ollama {

struct CreateAsk {
  MakeOrder order;                          // its files are still to be added
  std::string model;                        // as the client wrote it
  std::vector<store::BlobDigest> files;     // in place of a model to begin with
  std::vector<store::BlobDigest> adapters;  // that were sent, too
  std::vector<std::string> ignored;         // fields for X-Hearth-Ignored
};

Result<CreateAsk> read_create(std::string_view body);

}  // namespace hearth::api::ollama
