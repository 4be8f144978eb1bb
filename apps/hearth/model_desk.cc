#include "model_desk.h"

#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/fd.h"
#include "base/trimmed.h"
#include "store/holder_words.h"
#include "store/installed.h"
#include "store/name/aliases.h"

namespace hearth {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::string_view kBlanks = " \t\r\n";

// The hub's own tools keep it there.
std::string token_file(const config::Environment& environment) {
  if (const auto path = environment("HF_TOKEN_PATH")) return *path;
  if (const auto folder = environment("HF_HOME")) return *folder + "/token";
  return environment("HOME").value_or("") + "/.cache/huggingface/token";
}

std::string without_slash(std::string url) {
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

std::string whose(const store::ModelFile& model) {
  if (model.is_built_in()) return "ships with Hearth";
  if (!model.is_found()) return "is a file of yours, '" + model.path + "', and yours to remove";
  const bool is_cache = model.holder == store::Holder::kHubCache;
  return std::string("is held by ") + (is_cache ? "the " : "") +
         std::string(store::program_name(model.holder)) +
         " and used in place; remove it there: " + store::how_to_remove(model);
}

Error nothing_to_remove(const std::string& model) {
  return make_error(Code::kNotFound, "the store has no model '" + model +
                                         "', so there is nothing to remove; `hearth list` shows "
                                         "the models");
}

}  // namespace

store::Hubs hubs_of(const config::Environment& environment) {
  store::Hubs hubs;
  for (const char* name : {"HF_ENDPOINT", "HEARTH_HF_ENDPOINT"}) {
    const auto endpoint = environment(name);
    if (endpoint && !endpoint->empty()) hubs.hugging_face = without_slash(*endpoint);
  }
  hubs.hugging_face_token = environment("HF_TOKEN").value_or("");
  if (hubs.hugging_face_token.empty()) {
    const auto text = base::load_text_file(token_file(environment), kTokenBytesMax);
    hubs.hugging_face_token = base::trimmed(text.value_or(""), kBlanks);
  }
  return hubs;
}

ModelDesk::ModelDesk(Parts parts)
    : parts_(std::move(parts)),
      web_({.user_agent = "hearth/" HEARTH_VERSION,
            .bytes_per_second_max = parts_.bytes_per_second_max}),
      pulls_({parts_.catalog.folder(), parts_.hubs, {}}, web_),
      long_work_(parts_.loop) {}

Result<store::ModelName> ModelDesk::meant_by(const std::string& text,
                                             store::PlainHttp plain_http) const {
  const auto aliases = HEARTH_TRY(store::Aliases::load(parts_.aliases_file, plain_http));
  return aliases.resolve(text, plain_http);
}

Result<CallOff> ModelDesk::pull(const api::PullWish& wish, api::PullEars ears) {
  const auto plain_http = wish.insecure ? store::PlainHttp::kAllowed : store::PlainHttp::kRefused;
  const store::ModelName name = HEARTH_TRY(meant_by(wish.model, plain_http));
  std::optional<store::BlobDigest> digest;
  if (!wish.digest.empty()) digest = HEARTH_TRY(store::BlobDigest::parse(wish.digest));
  // What the loop has not yet done when the watcher leaves is not done any more.
  const auto listening = std::make_shared<bool>(true);
  const auto shared_ears = std::make_shared<api::PullEars>(std::move(ears));
  store::Pulls::Watcher watcher;
  watcher.progress = [this, listening, shared_ears](const store::PullProgress& progress) {
    asio::post(parts_.loop, [listening, shared_ears, progress] {
      if (*listening) shared_ears->progress(progress);
    });
  };
  watcher.done = [this, listening, shared_ears](const Result<store::Manifest>& result) {
    asio::post(parts_.loop, [listening, shared_ears, result] {
      if (*listening) shared_ears->done(result);
    });
  };
  const CallOff leave = HEARTH_TRY(pulls_.watch(name, digest, std::move(watcher)));
  return [leave, listening] {
    *listening = false;
    leave();
  };
}

Result<CallOff> ModelDesk::make(const api::MakeWish& wish, api::MakeEars ears) {
  return long_work_.start<store::MakeProgress, store::MadeModel>(
      [this, request = store::MakeRequest{wish.name, wish.modelfile, parts_.aliases_file, {}}](
          auto tell, const base::CancelToken& cancel) mutable {
        request.progress = std::move(tell);
        return store::make_model(request, parts_.catalog, cancel);
      },
      std::move(ears));
}

Result<CallOff> ModelDesk::verify(const std::vector<std::string>& models, api::VerifyEars ears) {
  return long_work_.start<store::VerifyProgress, store::Verified>(
      [this, request = store::VerifyRequest{models, parts_.aliases_file, {}}](
          auto tell, const base::CancelToken& cancel) mutable {
        request.progress = std::move(tell);
        return store::verify_models(request, parts_.catalog, cancel);
      },
      std::move(ears));
}

void ModelDesk::remove(const std::string& model, std::function<void(Result<store::Removal>)> done) {
  const auto meant = meant_by(model, store::PlainHttp::kAllowed);
  const auto name = meant ? store::Installed(parts_.catalog.folder()).find_name(*meant) : meant;
  const auto known = parts_.catalog.find_model(model);
  // What is removed is what the name means elsewhere, and never what that hides.
  if (known && known->holder != store::Holder::kStore) {
    const std::string hidden =
        name ? "; the model of the store is '" + name->short_text() + "'" : "";
    done(fail(Code::kInvalidArgument,
              "'" + model + "' is not in the store: it " + whose(*known) + hidden));
    return;
  }
  if (!name) {
    const bool is_nothing = name.error().code == Code::kNotFound;
    done(fail(is_nothing ? nothing_to_remove(model) : name.error()));
    return;
  }
  const auto remove = [this, name = *name, done = std::move(done)](const Result<void>&) {
    run([folder = parts_.catalog.folder(), name] { return store::remove_model(folder, name); },
        done);
  };
  if (known) {
    parts_.fleet.unload_file(known->path, remove);
  } else {
    remove({});
  }
}

void ModelDesk::collect(std::function<void(Result<store::Removal>)> done) {
  run([folder = parts_.catalog.folder()] { return store::collect_blobs(folder); }, std::move(done));
}

std::vector<store::DamagedManifest> ModelDesk::damaged() const {
  return store::Installed(parts_.catalog.folder()).look().damaged;
}

void ModelDesk::run(Work work, std::function<void(Result<store::Removal>)> done) {
  asio::post(worker_, [this, work = std::move(work), done = std::move(done)] {
    asio::post(parts_.loop, [result = work(), done] { done(result); });
  });
}

}  // namespace hearth
