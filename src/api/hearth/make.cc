// POST /hearth/v1/models/create, /import, /copy: a model is made, and told line by line how far it
// is.
#include <memory>
#include <utility>

#include "api/hearth/installed_body.h"
#include "api/hearth/make_request.h"
#include "api/hearth/routes.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

std::string progress_line(const store::MakeProgress& progress) {
  json::Writer json;
  json.open('{').key("status").text("importing").key("file").text(progress.file_name);
  json.key("number").number(progress.file).key("files").number(progress.files);
  json.key("file_done_bytes").number(progress.file_done_bytes);
  json.key("file_size_bytes").number(progress.file_size_bytes);
  json.key("done_bytes").number(progress.done_bytes);
  json.key("size_bytes").number(progress.size_bytes);
  return json.close('}').take();
}

std::string made_line(const store::MadeModel& made, const std::vector<std::string>& warnings) {
  json::Writer json;
  json.open('{');
  write_installed(json, made.manifest);
  json.key("warnings").open('[');
  for (const auto* each : {&warnings, &made.warnings}) {
    for (const std::string& warning : *each)
      json.text(warning);
  }
  return json.close(']').close('}').take();
}

// An adapter is always a file.
std::vector<std::string> files_of(const store::Modelfile& modelfile) {
  std::vector<std::string> files = modelfile.from;
  for (const std::string& adapter : modelfile.adapters)
    files.push_back(store::is_path(adapter) ? adapter : "./" + adapter);
  return files;
}

asio::awaitable<void> make(Call& call, OwnRoutes parts, Result<MakeOrder> order) {
  Result<void> allowed;
  if (order) allowed = check_paths(files_of(order->wish.modelfile), call.exchange.request());
  if (!order || !allowed) {
    Error error = order ? allowed.error() : order.error();
    std::string param = error.context;
    co_await send_error(call.exchange, std::move(error), std::move(param));
    co_return;
  }
  call.note.model = order->wish.name;
  const auto work = std::make_shared<ToldWork>(co_await asio::this_coro::executor);
  MakeEars ears;
  ears.progress = [work](const store::MakeProgress& progress) {
    work->tell(progress_line(progress));
  };
  const net::PeerKind peer = call.exchange.request().peer_kind;
  ears.done = [work, warnings = order->warnings, peer](const Result<store::MadeModel>& result) {
    if (!result) return work->end(fail(without_folder(result.error(), peer)));
    work->end(made_line(*result, warnings));
  };
  auto leave = parts.control.make(order->wish, std::move(ears));
  if (!leave) {
    Error error = without_folder(leave.error(), peer);
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  const CallOff called_off = *std::move(leave);
  co_await tell_work(call.exchange, work, order->telling, called_off);
}

}  // namespace

asio::awaitable<void> create_model(Call& call, OwnRoutes parts) {
  return make(call, parts, read_create(call.exchange.request().body));
}

asio::awaitable<void> import_model(Call& call, OwnRoutes parts) {
  return make(call, parts, read_import(call.exchange.request().body));
}

asio::awaitable<void> copy_model(Call& call, OwnRoutes parts) {
  return make(call, parts, read_copy(call.exchange.request().body));
}

}  // namespace hearth::api
