// What Hearth's own routes can ask of the daemon, as functions that main wires: the api knows no
// fleet and no process.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/hearth/inquiries.h"
#include "api/hearth/neighbours.h"
#include "api/hearth/tool_desk.h"
#include "base/callback.h"
#include "base/clock.h"
#include "base/log_tail.h"
#include "base/result.h"
#include "fleet/model_news.h"
#include "fleet/pressure/heat.h"
#include "fleet/status.h"
#include "net/body_taker.h"
#include "store/damaged_manifest.h"
#include "store/make/make_model.h"
#include "store/manifest/blob_digest.h"
#include "store/pull/pull.h"
#include "store/removal.h"
#include "store/verify/verify.h"

namespace hearth::api {

struct PullWish {
  std::string model;      // any name, aliases included
  std::string digest;     // what its file has to be; empty: what its hub says
  bool insecure = false;  // names may say http://, whose downloads nobody protects
};

// What work tells whoever watches it.
template <typename Progress, typename End>
struct Ears {
  std::function<void(const Progress&)> progress;
  std::function<void(Result<End>)> done;
};
using PullEars = Ears<store::PullProgress, store::Manifest>;
using MakeEars = Ears<store::MakeProgress, store::MadeModel>;
using VerifyEars = Ears<store::VerifyProgress, store::Verified>;

struct MakeWish {
  std::string name;  // empty: that of the file it is made of
  store::Modelfile modelfile;
};

// A model that is to be loaded before it is asked.
struct LoadWish {
  std::string model;
  std::optional<base::Duration> keep_alive = {};  // as in chat::Request
  // Models that come after it, in this order; in place of those that were expected.
  std::optional<std::vector<std::string>> then = {};
  fleet::Pause pause = fleet::Pause::kLifted;
};

// Files that clients send before a model is made of them. They are kept until they are used, and
// no longer than the daemon runs.
struct Uploads {
  // Whether these bytes are here, sent or in the store.
  std::function<bool(const store::BlobDigest& digest)> has;
  // Takes what is sent as these bytes, of any length. Where they are here, it throws them away.
  // kResourceExhausted when the disk has no room.
  std::function<std::shared_ptr<net::BodyTaker>(const store::BlobDigest& digest)> begin;
  // All has come. True when they were not there before. kInvalidArgument where they have another
  // digest.
  std::function<void(std::shared_ptr<net::BodyTaker> begun, Callback<bool> done)> end;
  // The file that has them; kNotFound.
  std::function<Result<std::string>(const store::BlobDigest& digest)> find;
  // A model was made of them.
  std::function<void(const store::BlobDigest& digest)> drop;
};

struct Control {
  std::uint32_t protocol = 0;        // that daemon and runners speak
  std::function<std::string()> url;  // of the port; empty where there is none
  std::function<std::vector<fleet::RunnerStatus>()> status;
  std::function<void(std::string model, std::function<void(Result<void>)> done)> unload;
  // Leaving calls nothing off but the answer: a load goes on.
  std::function<Result<CallOff>(const LoadWish&, std::function<void(Result<void>)> done)> load;
  std::function<Result<void>(const std::string& model, fleet::Pin pin)> pin;
  std::function<fleet::MemoryUse()> memory;
  std::function<fleet::WaitingUse()> waiting;
  std::function<fleet::Heat()> heat;
  log::Tail* log_tail = nullptr;        // never null where routes are served
  std::function<std::string()> config;  // the settings as JSON, each with its origin
  fleet::NewsBoard* news = nullptr;     // of models; never null where routes are served
  std::function<std::vector<fleet::ExpectedStatus>()> expected;
  std::function<void(std::string model, std::function<void(Result<fleet::RunnerCounts>)> done)>
      counts;
  // Fetches a model, or watches who does. The result is for leaving: then nothing is told any more.
  std::function<Result<CallOff>(const PullWish&, PullEars)> pull;
  // Makes a model of another one, or of files. Leaving calls it off.
  std::function<Result<CallOff>(const MakeWish&, MakeEars)> make;
  // Reads files again; of no model: of all. Leaving calls it off.
  std::function<Result<CallOff>(const std::vector<std::string>& models, VerifyEars)> verify;
  // kNotFound for what was not pulled; kInvalidArgument for files that are not the store's.
  std::function<void(std::string model, std::function<void(Result<store::Removal>)> done)> remove;
  std::function<void(std::function<void(Result<store::Removal>)> done)> collect;
  // Manifests of the store that cannot be read.
  std::function<std::vector<store::DamagedManifest>()> damaged;
  Inquiries inquiries;
  Neighbours neighbours;
  Uploads uploads;
  ToolDesk tools;
  std::function<void()> shutdown;       // begins to end the daemon, and returns
  std::function<Result<void>()> ready;  // whether requests can be answered, or why not
};

}  // namespace hearth::api
