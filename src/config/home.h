// Where Hearth keeps things: one home per user, or wherever HEARTH_HOME points. Below HEARTH_HOME
// everything is in one folder; without it the XDG folders are used. It creates folders and knows
// names; it reads no file.
//
// The socket, the lock and the log are beside the data and not in XDG_RUNTIME_DIR: that folder
// goes away with the last login session and is not set for cron jobs, and a daemon must be the
// same one for all of them.
//
// Threads:    immutable.
// Invariants: every path is absolute.
// Errors:     say which variable to set.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::config {

// sun_path holds 108 bytes, the last of them zero.
inline constexpr std::size_t kSocketPathBytesMax = 107;

// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment system_environment();

class Home {
 public:
  // `flag` is the value of --home and wins when it is not empty.
  static Result<Home> locate(const Environment& environment, std::string_view flag);

  // The one folder that holds everything; empty when the XDG folders are used.
  const std::string& root() const { return root_; }
  const std::string& config_folder() const { return config_; }
  const std::string& data_folder() const { return data_; }
  const std::string& cache_folder() const { return cache_; }
  std::string config_file() const { return config_ + "/config.yaml"; }
  // Short names for models.
  std::string aliases_file() const { return config_ + "/aliases.txt"; }
  std::string templates_folder() const { return config_ + "/templates"; }
  // What roles of tasks are told in place of what ships.
  std::string prompts_folder() const { return config_ + "/prompts"; }
  std::string models_folder() const { return data_ + "/models"; }
  // Of trainings, each in a folder of its own.
  std::string trainings_folder() const { return data_ + "/finetune"; }
  std::string run_folder() const { return data_ + "/run"; }
  std::string socket_path() const { return run_folder() + "/hearth.sock"; }
  std::string lock_path() const { return run_folder() + "/hearth.lock"; }
  // What has to outlive the daemon, where no setting names another place.
  std::string database_path() const { return data_ + "/hearth.db"; }
  std::string log_path() const { return data_ + "/hearth.log"; }

  // kPermissionDenied when somebody else could put a socket or a model into the home. To be asked
  // before anything found in it is believed.
  Result<void> check_unshared() const;
  // Creates what is missing, for this user only, and checks that nobody else can put a socket
  // where ours is expected.
  Result<void> ensure_folders() const;
  // kInvalidArgument when the socket's path is longer than the system allows.
  Result<void> check_socket_path() const;

 private:
  Home(std::string root, std::string config, std::string data, std::string cache)
      : root_(std::move(root)),
        config_(std::move(config)),
        data_(std::move(data)),
        cache_(std::move(cache)) {}

  std::string root_;
  std::string config_;
  std::string data_;
  std::string cache_;
};

}  // namespace hearth::config
