// A model is fetched into the store: its hub is asked what it consists of, its files become blobs,
// each is looked into, and the manifest is written last. So a model is installed whole or not at
// all, and what an earlier pull has fetched is not fetched again.
//
// Threads: thread-safe; blocks its caller. Several pulls, of several processes, may run beside
//          each other; who wants the same blob waits for it.
// Errors:  those of hubs.h and blob_download.h; kResourceExhausted before the first byte when the
//          disk has no room for all of it; kCorrupt for files that are no GGUF.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/web/web.h"
#include "store/manifest/manifest.h"
#include "store/pull/blob_download.h"
#include "store/source/hubs.h"

namespace hearth::store {

struct PullProgress {
  std::string file_name;  // of the file that is being fetched; empty while the hub is asked
  std::string digest;     // that this file has to have, "sha256:…"; empty where nobody says
  std::size_t file = 0;   // which of them, from 1
  std::size_t files = 0;
  BlobProgress blob;             // of that file
  std::uint64_t done_bytes = 0;  // of all files
  std::uint64_t size_bytes = 0;  // 0: nobody has said yet
};
using PullProgressHandler = std::function<void(const PullProgress&)>;

struct PullRequest {
  std::string store_folder;
  ModelName name;
  Hubs hubs;
  DownloadOptions download;
  std::optional<BlobDigest> expected;  // what the user was told of a model in one file
  PullProgressHandler progress;        // or none
};

Result<Manifest> pull_model(const PullRequest& request, net::Web& web,
                            const base::CancelToken& cancel);

}  // namespace hearth::store
