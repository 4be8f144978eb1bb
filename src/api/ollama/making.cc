#include "api/ollama/making.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/core/reply.h"
#include "api/hearth/told_work.h"
#include "api/ollama/create_request.h"
#include "api/ollama/errors.h"
#include "api/ollama/names.h"
#include "api/ollama/pulls.h"
#include "api/ollama/wish_fields.h"
#include "json/writer.h"

namespace hearth::api::ollama {

namespace {

constexpr int kCreated = 201;

Result<std::vector<std::string>> paths_of(const Uploads& uploads,
                                          const std::vector<store::BlobDigest>& digests) {
  std::vector<std::string> paths;
  for (const store::BlobDigest& digest : digests)
    paths.push_back(HEARTH_TRY(uploads.find(digest)));
  return paths;
}

// What was sent is named by its digest, what is here by its name.
Result<CreateAsk> prepared(const net::HttpExchange& exchange, Parts parts, Result<CreateAsk> read) {
  CreateAsk ask = HEARTH_TRY(std::move(read));
  store::Modelfile& modelfile = ask.order.wish.modelfile;
  HEARTH_TRY(check_paths(modelfile.from, exchange.request()));
  for (std::string& from : modelfile.from)
    from = own_name(from, parts.provider);
  if (!ask.files.empty()) {
    modelfile.from = HEARTH_TRY(paths_of(parts.control.uploads, ask.files));
  }
  modelfile.adapters = HEARTH_TRY(paths_of(parts.control.uploads, ask.adapters));
  return ask;
}

// What was sent is called by its digest: where we keep it is nobody's affair. Of other files
// somebody elsewhere hears the name alone.
Error in_his_words(Error error, const CreateAsk& ask, net::PeerKind peer) {
  const store::Modelfile& modelfile = ask.order.wish.modelfile;
  const auto name = [&](const std::vector<std::string>& paths,
                        const std::vector<store::BlobDigest>& digests) {
    for (std::size_t i = 0; i < std::min(paths.size(), digests.size()); ++i) {
      std::string& message = error.message;
      for (std::size_t at = message.find(paths[i]); at != std::string::npos;
           at = message.find(paths[i], at))
        message.replace(at, paths[i].size(), digests[i].text());
    }
  };
  name(modelfile.from, ask.files);
  name(modelfile.adapters, ask.adapters);
  return without_folder(std::move(error), peer);
}

std::string progress_line(const store::MakeProgress& progress) {
  json::Writer json;
  json.open('{').key("status").text("copying " + progress.file_name);
  json.key("total").number(progress.file_size_bytes);
  json.key("completed").number(progress.file_done_bytes).close('}');
  return json.take();
}

void tell_end(ToldWork& work, const store::MadeModel& made, const CreateAsk& ask) {
  const bool from_files = !ask.files.empty();
  work.say(status_line(from_files ? "parsing GGUF" : "reading model metadata"));
  for (const store::ManifestFile& file : made.manifest.files) {
    work.say(status_line((from_files ? "creating new layer " : "using existing layer ") +
                         file.digest.text()));
  }
  for (const auto* each : {&ask.order.warnings, &made.warnings}) {
    for (const std::string& warning : *each)
      work.say(status_line("note: " + warning));
  }
  work.say(status_line("writing manifest"));
  work.end(status_line(kSuccess));
}

asio::awaitable<void> send_nothing(net::HttpExchange& exchange, int status) {
  (void)co_await exchange.respond(status, kJsonType, "");
}

Result<store::BlobDigest> digest_in(const Call& call) {
  auto digest = store::BlobDigest::parse(call.rest);
  if (digest) return digest;
  return fail(Code::kInvalidArgument, "invalid digest: a blob is named sha256: and 64 digits");
}

}  // namespace

asio::awaitable<void> create_model(Call& call, Parts parts) {
  auto ask = prepared(call.exchange, parts, read_create(call.exchange.request().body));
  if (!ask) {
    co_await send_error(call.exchange, ask.error());
    co_return;
  }
  name_ignored(call.exchange, ask->ignored);
  call.note.model = ask->order.wish.name;
  const auto work = std::make_shared<ToldWork>(co_await asio::this_coro::executor, error_reply);
  const auto shared = std::make_shared<const CreateAsk>(*std::move(ask));
  MakeEars ears;
  ears.progress = [work](const store::MakeProgress& progress) {
    work->tell(progress_line(progress));
  };
  const net::PeerKind peer = call.exchange.request().peer_kind;
  ears.done = [work, shared, peer,
               drop = parts.control.uploads.drop](const Result<store::MadeModel>& made) {
    if (!made) return work->end(fail(in_his_words(made.error(), *shared, peer)));
    tell_end(*work, *made, *shared);
    for (const auto* sent : {&shared->files, &shared->adapters}) {
      for (const store::BlobDigest& digest : *sent)
        drop(digest);
    }
  };
  auto leave = parts.control.make(shared->order.wish, std::move(ears));
  if (!leave) {
    Error error = in_his_words(leave.error(), *shared, peer);
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  const CallOff called_off = *std::move(leave);
  co_await tell_work(call.exchange, work, shared->order.telling, called_off);
}

asio::awaitable<void> copy_model(Call& call, Parts parts) {
  const auto wish = read_copy(call.exchange.request().body);
  Result<void> allowed;
  if (wish) allowed = check_paths({wish->source}, call.exchange.request());
  if (!wish || !allowed) {
    Error error = wish ? allowed.error() : wish.error();
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  MakeWish make;
  make.name = wish->destination;
  make.modelfile.from = {own_name(wish->source, parts.provider)};
  call.note.model = make.name;
  const auto meeting =
      std::make_shared<Meeting<store::MadeModel>>(co_await asio::this_coro::executor);
  MakeEars ears;
  ears.progress = [](const store::MakeProgress&) {};
  ears.done = arrive_at(meeting);
  auto leave = parts.control.make(make, std::move(ears));
  if (!leave) {
    co_await send_error(call.exchange, leave.error());
    co_return;
  }
  CallOff called_off = *std::move(leave);
  co_await attend(meeting, call.exchange, std::move(called_off));
  if (!*meeting->result) {
    Error error = without_folder(meeting->result->error(), call.exchange.request().peer_kind);
    co_await send_error(call.exchange, std::move(error), wish->source);
    co_return;
  }
  co_await send_nothing(call.exchange, 200);
}

asio::awaitable<void> delete_model(Call& call, Parts parts) {
  const auto wish = read_delete(call.exchange.request().body);
  if (!wish) {
    co_await send_error(call.exchange, wish.error());
    co_return;
  }
  const std::string model = own_name(wish->model, parts.provider);
  call.note.model = model;
  const auto meeting =
      std::make_shared<Meeting<store::Removal>>(co_await asio::this_coro::executor);
  parts.control.remove(model, arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error(), wish->model);
    co_return;
  }
  co_await send_nothing(call.exchange, 200);
}

asio::awaitable<void> find_blob(Call& call, Parts parts) {
  const auto digest = digest_in(call);
  if (!digest) {
    co_await send_error(call.exchange, digest.error());
    co_return;
  }
  if (parts.control.uploads.has(*digest)) {
    co_await send_nothing(call.exchange, 200);
    co_return;
  }
  Error error = make_error(Code::kNotFound, "there is no blob " + digest->text());
  co_await send_error(call.exchange, std::move(error));
}

asio::awaitable<void> take_blob(Call& call, Parts parts) {
  const auto digest = digest_in(call);
  if (!digest) {
    co_await send_error(call.exchange, digest.error());
    co_return;
  }
  const auto& taker = call.exchange.request().taker;
  const auto meeting = std::make_shared<Meeting<bool>>(co_await asio::this_coro::executor);
  parts.control.uploads.end(taker, arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  const int status = **meeting->result ? kCreated : 200;
  co_await send_nothing(call.exchange, status);
}

}  // namespace hearth::api::ollama
