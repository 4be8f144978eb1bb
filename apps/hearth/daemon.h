// The daemon: every concrete part, made in order and ended in the opposite one.
//
// Threads: run() is the loop; everything but the checking of model files happens on it.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/api.h"
#include "base/file_lock.h"
#include "base/result.h"
#include "cli/wiring.h"
#include "entrance.h"
#include "fleet/fleet.h"
#include "inquiry_desk.h"
#include "key_desk.h"
#include "loop_models.h"
#include "metrics/registry.h"
#include "model_desk.h"
#include "neighbour_desk.h"
#include "net/http_server.h"
#include "picture_desk.h"
#include "provider/local.h"
#include "response_desk.h"
#include "service_news.h"
#include "store/catalog.h"
#include "task_desk.h"
#include "tool_desk.h"
#include "upload_desk.h"

namespace hearth {

class Daemon {
 public:
  // Holds the home's lock from here on. kAlreadyExists when another daemon has it.
  static Result<std::unique_ptr<Daemon>> create(const cli::ServeOptions& options);
  Result<void> listen();
  // Until a signal, a request or idleness ends it.
  void run();

 private:
  // What has to be had before anything is made.
  struct Means {
    base::FileLock lock;
    fleet::Fleet::Options fleet;
    process::ServiceManager service_manager;
    std::unique_ptr<api::AuditLog> audit;  // none: nothing is noted
    KeyDesk::Opened keys;
  };
  Daemon(const cli::ServeOptions& options, Means means);

  void end_on_signal();
  // SIGHUP: files are read again and opened anew. Where it means that the terminal is gone, the
  // daemon ends.
  void heed_hangups();
  void reopen_audit_log();
  void end_when_idle();
  void shut_down();
  boost::asio::awaitable<void> drain();
  api::Control control();
  api::PictureFetch picture_fetch();
  TaskDeskParts task_parts();
  std::string place_or_name(const std::string& model) const;

  const cli::ServeOptions options_;
  base::FileLock lock_;
  boost::asio::io_context loop_{1};
  metrics::Registry registry_;
  store::Catalog catalog_;
  fleet::NewsBoard news_;
  fleet::Fleet fleet_;
  provider::Local provider_;
  ModelDesk desk_;
  InquiryDesk inquiries_;
  NeighbourDesk neighbours_;
  UploadDesk uploads_;
  PictureDesk pictures_;
  ToolDesk tools_;
  std::unique_ptr<api::AuditLog> audit_;
  KeyDesk keys_;
  ResponseDesk responses_;
  LoopModels models_;
  TaskDesk tasks_;
  api::Api api_;
  net::HttpServer server_;
  Entrance entrance_;
  ServiceNews service_;
  boost::asio::signal_set signals_{loop_};
  boost::asio::signal_set hangups_{loop_};
  boost::asio::steady_timer idle_timer_{loop_};
  std::int64_t idle_ms_ = 0;
  bool hangup_ends_ = false;
  bool ending_ = false;
  bool drained_ = false;  // all connections are done
};

}  // namespace hearth
