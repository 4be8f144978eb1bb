// The table of settings: every key with its type, default, limits and help. It is the one place
// that a new setting is added to; the file, the environment, `hearth config show` and the errors
// follow from it. What a value means is the business of whoever reads it.
//
// Threads: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hearth::config {

// In the order of the table.
enum class Key : std::uint8_t {
  kServerHost,
  kServerHosts,
  kServerPort,
  kServerOllamaPort,
  kServerEmbeddingsPort,
  kServerEmbeddingsModel,
  kServerEmbeddingsDimensions,
  kServerReasoningPort,
  kServerReasoningModel,
  kServerBodyLimit,
  kServerConnections,
  kServerTlsCertificate,
  kServerTlsKey,
  kServerAuditLog,
  kServerDatabase,
  kServerFetchImages,
  kLogLevel,
  kLogFormat,
  kModelContext,
  kModelThreads,
  kModelSequences,
  kModelTokenGap,
  kModelStrictGap,
  kModelKvTokens,
  kModelPrefixMemory,
  kModelPrefixDisk,
  kModelGpuLayers,
  kModelTrace,
  kModelChatTemplate,
  kRunnerPath,
  kRunnerVariant,
  kModelsFolder,
  kModelsPullRate,
  kModelsFound,
  kFleetMemory,
  kFleetModels,
  kFleetKeepAlive,
  kFleetQueue,
  kFleetQueueMemory,
  kToolsWorkspace,
  kToolsApprove,
  kToolsRules,
  kToolsHosts,
  kToolsOff,
  kToolsTimeLimit,
  kToolsMemory,
  kToolsProcesses,
  kToolsOutput,
  kDefaultModel,
  kRolesPlanner,
  kRolesCritic,
  kRolesExecutor,
  kPrivateIdleSeconds,
};
inline constexpr std::size_t kKeyCount = 53;

enum class Type : std::uint8_t {
  kText,
  kAddress,   // of this machine, as a number or "localhost"
  kDatabase,  // an absolute path, or the URL of a server without a password; or empty
  kNames,     // names of hosts, separated by commas; or empty
  kPath,      // absolute, because the daemon's current folder is not that of who wrote it; or empty
  kInteger,
  kBytes,   // an integer that may be written "64 MiB"
  kChoice,  // one of the words in `choices`
};

using Value = std::variant<std::string, std::int64_t>;

struct Setting {
  Key key;
  std::string_view name;         // "server.port"
  std::string_view environment;  // "HEARTH_SERVER_PORT"
  Type type;
  std::string_view default_text;
  std::int64_t min;          // of numbers
  std::int64_t max;          // of numbers; of text its length in bytes
  std::string_view choices;  // "text|json"
  std::string_view help;
};

std::span<const Setting> settings_table();
const Setting& setting_of(Key key);
const Setting* find_setting(std::string_view name);
std::string_view nearest_setting(std::string_view name);

// kInvalidArgument names the value and what is allowed.
Result<Value> parse_value(const Setting& setting, std::string_view text);
// As parse_value would read it again.
std::string value_text(const Setting& setting, const Value& value);
// "a whole number from 1 to 65535".
std::string allowed_values(const Setting& setting);
// "a, b" is {"a", "b"}.
std::vector<std::string> split_names(std::string_view text);

}  // namespace hearth::config
