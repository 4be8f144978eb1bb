#include "config/setting.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/nearest.h"
#include "base/units.h"
#include "base/utf8.h"

namespace hearth::config {

namespace {

constexpr std::int64_t kTextBytesMax = 4096;
constexpr std::int64_t kThreadsMax = 1024;
constexpr std::int64_t kTokensMax = std::int64_t{1} << 30;
constexpr std::int64_t kSequencesMax = 256;
constexpr std::int64_t kLayersMax = 10'000;
constexpr std::int64_t kGapMax = 60'000;
constexpr std::int64_t kSecondsMax = 30LL * 24 * 3600;
constexpr std::int64_t kBodyMin = 1024;
// Daemon and runner take messages of 64 MiB, and a body becomes one that is a little larger.
constexpr std::int64_t kBodyMax = 48 * static_cast<std::int64_t>(base::kMiB);
constexpr std::int64_t kPrefixBytesMax = 1LL << 44;
constexpr std::int64_t kConnectionsMax = 60'000;
constexpr std::int64_t kRateMax = 1LL << 44;
constexpr std::int64_t kMemoryMax = 1LL << 50;
constexpr std::int64_t kModelsMax = 10'000;
constexpr std::int64_t kQueueMax = 1'000'000;
constexpr std::int64_t kDimensionsMax = 65'536;
constexpr std::int64_t kToolSecondsMax = 24LL * 3600;
constexpr std::int64_t kToolMemoryMin = 64 * static_cast<std::int64_t>(base::kMiB);
constexpr std::int64_t kToolProcessesMax = 10'000;
constexpr std::int64_t kToolOutputMin = 1024;
constexpr std::int64_t kToolOutputMax = 16 * static_cast<std::int64_t>(base::kMiB);

constexpr std::array<Setting, kKeyCount> kTable{{
    {Key::kServerHost, "server.host", "HEARTH_SERVER_HOST", Type::kAddress, "127.0.0.1", 0,
     kTextBytesMax, "",
     "The address that `hearth serve` listens on; one that others reach takes an API key."},
    {Key::kServerHosts, "server.hosts", "HEARTH_SERVER_HOSTS", Type::kNames, "", 0, kTextBytesMax,
     "", "Names beside localhost that requests may call this server, as behind a proxy."},
    {Key::kServerPort, "server.port", "HEARTH_SERVER_PORT", Type::kInteger, "4327", 0, 65535, "",
     "The TCP port; 0 takes any free one."},
    {Key::kServerOllamaPort, "server.ollama_port", "HEARTH_SERVER_OLLAMA_PORT", Type::kInteger, "0",
     0, 65535, "",
     "A second port on 127.0.0.1 for Ollama's clients, which look at 11434; 0 opens none."},
    {Key::kServerEmbeddingsPort, "server.embeddings_port", "HEARTH_SERVER_EMBEDDINGS_PORT",
     Type::kInteger, "0", 0, 65535, "",
     "A port on 127.0.0.1 where server.embeddings_model makes vectors, as a llama-server would; 0 "
     "opens none."},
    {Key::kServerEmbeddingsModel, "server.embeddings_model", "HEARTH_SERVER_EMBEDDINGS_MODEL",
     Type::kText, "", 0, kTextBytesMax, "",
     "The model of server.embeddings_port; empty is the one that ships with Hearth."},
    {Key::kServerEmbeddingsDimensions, "server.embeddings_dimensions",
     "HEARTH_SERVER_EMBEDDINGS_DIMENSIONS", Type::kInteger, "0", 0, kDimensionsMax, "",
     "To how many numbers vectors of server.embeddings_port are cut; 0 leaves them whole."},
    {Key::kServerReasoningPort, "server.reasoning_port", "HEARTH_SERVER_REASONING_PORT",
     Type::kInteger, "0", 0, 65535, "",
     "A port on 127.0.0.1 where server.reasoning_model answers, as a llama-server would; 0 opens "
     "none."},
    {Key::kServerReasoningModel, "server.reasoning_model", "HEARTH_SERVER_REASONING_MODEL",
     Type::kText, "", 0, kTextBytesMax, "",
     "The model of server.reasoning_port; empty is default_model."},
    {Key::kServerBodyLimit, "server.body_limit", "HEARTH_SERVER_BODY_LIMIT", Type::kBytes, "32 MiB",
     kBodyMin, kBodyMax, "", "The largest request body that is accepted."},
    {Key::kServerConnections, "server.connections", "HEARTH_SERVER_CONNECTIONS", Type::kInteger,
     "1024", 1, kConnectionsMax, "", "Connections that are served at once; more are turned away."},
    {Key::kServerTlsCertificate, "server.tls_certificate", "HEARTH_SERVER_TLS_CERTIFICATE",
     Type::kPath, "", 0, kTextBytesMax, "",
     "A certificate in PEM, and those that lead to it; with server.tls_key the port speaks TLS."},
    {Key::kServerTlsKey, "server.tls_key", "HEARTH_SERVER_TLS_KEY", Type::kPath, "", 0,
     kTextBytesMax, "", "The key of server.tls_certificate, in PEM and without a passphrase."},
    {Key::kServerAuditLog, "server.audit_log", "HEARTH_SERVER_AUDIT_LOG", Type::kPath, "", 0,
     kTextBytesMax, "", "A file that tells who had what done, without content; empty writes none."},
    {Key::kServerDatabase, "server.database", "HEARTH_SERVER_DATABASE", Type::kDatabase, "", 0,
     kTextBytesMax, "",
     "The file or postgresql:// server that keeps API keys; empty is `hearth.db` in the home."},
    {Key::kServerFetchImages, "server.fetch_images", "HEARTH_SERVER_FETCH_IMAGES", Type::kChoice,
     "no", 0, 0, "no|yes", "Fetch pictures that requests name by URL, from public addresses only."},
    {Key::kLogLevel, "log.level", "HEARTH_LOG_LEVEL", Type::kChoice, "info", 0, 0,
     "debug|info|warning|error|off", "The least important log line that is written."},
    {Key::kLogFormat, "log.format", "HEARTH_LOG_FORMAT", Type::kChoice, "text", 0, 0, "text|json",
     "Log lines for people or for machines."},
    {Key::kModelContext, "model.context", "HEARTH_MODEL_CONTEXT", Type::kInteger, "4096", 0,
     kTokensMax, "", "Tokens that one request may use; 0 is the model's own limit."},
    {Key::kModelThreads, "model.threads", "HEARTH_MODEL_THREADS", Type::kInteger, "0", 0,
     kThreadsMax, "", "Threads that compute; 0 is the physical cores, and one for a tiny model."},
    {Key::kModelSequences, "model.sequences", "HEARTH_MODEL_SEQUENCES", Type::kInteger, "8", 1,
     kSequencesMax, "", "Requests that one model answers at the same time."},
    {Key::kModelTokenGap, "model.token_gap_ms", "HEARTH_MODEL_TOKEN_GAP_MS", Type::kInteger, "200",
     1, kGapMax, "", "Between two tokens of an answer while other prompts are read."},
    {Key::kModelStrictGap, "model.strict_gap", "HEARTH_MODEL_STRICT_GAP", Type::kChoice, "no", 0, 0,
     "no|yes", "Keep the gap even where prompts are then read at half the speed."},
    {Key::kModelKvTokens, "model.kv_tokens", "HEARTH_MODEL_KV_TOKENS", Type::kInteger, "0", 0,
     kTokensMax, "", "Tokens in the pool that all requests share; 0 is model.context."},
    {Key::kModelPrefixMemory, "model.prefix_memory", "HEARTH_MODEL_PREFIX_MEMORY", Type::kBytes,
     "1 GiB", 0, kPrefixBytesMax, "",
     "Memory for beginnings of prompts that no request uses just now; 0 keeps none."},
    {Key::kModelPrefixDisk, "model.prefix_disk", "HEARTH_MODEL_PREFIX_DISK", Type::kBytes, "4 GiB",
     0, kPrefixBytesMax, "",
     "Disk space for beginnings of prompts, which a restart then finds; 0 writes none."},
    {Key::kModelGpuLayers, "model.gpu_layers", "HEARTH_MODEL_GPU_LAYERS", Type::kInteger, "-1", -1,
     kLayersMax, "", "Layers on the GPU; -1 is all that fit."},
    {Key::kModelTrace, "model.trace", "HEARTH_MODEL_TRACE", Type::kChoice, "no", 0, 0, "no|yes",
     "Write what the scheduler decides to a file in the model's cache folder."},
    {Key::kModelChatTemplate, "model.chat_template", "HEARTH_MODEL_CHAT_TEMPLATE", Type::kText, "",
     0, kTextBytesMax, "",
     "A Jinja file in place of the models' own: its path, or its name in `templates` in the home."},
    {Key::kRunnerPath, "runner.path", "HEARTH_RUNNER_PATH", Type::kPath, "", 0, kTextBytesMax, "",
     "The runner executable; empty looks where Hearth is installed."},
    {Key::kRunnerVariant, "runner.variant", "HEARTH_RUNNER_VARIANT", Type::kText, "", 0,
     kTextBytesMax, "", "Which of several runners to start; empty is the best for this CPU."},
    {Key::kModelsFolder, "models.folder", "HEARTH_MODELS_FOLDER", Type::kPath, "", 0, kTextBytesMax,
     "", "Where model files are; empty is `models` in the home."},
    {Key::kModelsPullRate, "models.pull_rate", "HEARTH_MODELS_PULL_RATE", Type::kBytes, "0", 0,
     kRateMax, "", "Bytes a second that all pulls together take from the network; 0 is no limit."},
    {Key::kModelsFound, "models.found", "HEARTH_MODELS_FOUND", Type::kChoice, "yes", 0, 0, "yes|no",
     "Use what Ollama, LM Studio and the Hugging Face cache already hold."},
    {Key::kFleetMemory, "fleet.memory", "HEARTH_FLEET_MEMORY", Type::kBytes, "0", 0, kMemoryMax, "",
     "Bytes that all loaded models may hold together; 0 is 80 % of what is available."},
    {Key::kFleetModels, "fleet.models", "HEARTH_FLEET_MODELS", Type::kInteger, "0", 0, kModelsMax,
     "", "Models that may be loaded at a time; 0 is as many as fit."},
    {Key::kFleetKeepAlive, "fleet.keep_alive", "HEARTH_FLEET_KEEP_ALIVE", Type::kInteger, "300", -1,
     kSecondsMax, "", "Seconds that a model stays loaded after its last answer; -1 is for ever."},
    {Key::kFleetQueue, "fleet.queue", "HEARTH_FLEET_QUEUE", Type::kInteger, "16384", 1, kQueueMax,
     "", "Requests that may wait for their first word, of all models together."},
    {Key::kFleetQueueMemory, "fleet.queue_memory", "HEARTH_FLEET_QUEUE_MEMORY", Type::kBytes,
     "256 MiB", 1, kMemoryMax, "", "Bytes that the requests which wait may hold together."},
    {Key::kToolsWorkspace, "tools.workspace", "HEARTH_TOOLS_WORKSPACE", Type::kPath, "", 0,
     kTextBytesMax, "", "The folder in which tools work; without one they touch no files."},
    {Key::kToolsApprove, "tools.approve", "HEARTH_TOOLS_APPROVE", Type::kChoice, "ask", 0, 0,
     "auto|ask|deny", "What becomes of calls of tools that somebody should agree to."},
    {Key::kToolsRules, "tools.rules", "HEARTH_TOOLS_RULES", Type::kText, "", 0, kTextBytesMax, "",
     "Tools and paths with auto, ask or deny: run_command=deny, out/**=auto"},
    {Key::kToolsHosts, "tools.hosts", "HEARTH_TOOLS_HOSTS", Type::kNames, "", 0, kTextBytesMax, "",
     "Hosts whose pages tools may fetch; .example.org is all below it, too."},
    {Key::kToolsOff, "tools.off", "HEARTH_TOOLS_OFF", Type::kText, "", 0, kTextBytesMax, "",
     "Tools that nobody is offered, separated by commas."},
    {Key::kToolsTimeLimit, "tools.time_limit_s", "HEARTH_TOOLS_TIME_LIMIT_S", Type::kInteger, "60",
     1, kToolSecondsMax, "", "Seconds that a command of a tool may take."},
    {Key::kToolsMemory, "tools.memory", "HEARTH_TOOLS_MEMORY", Type::kBytes, "2 GiB",
     kToolMemoryMin, kMemoryMax, "",
     "Bytes of memory that a command may use, each process of it and all together."},
    {Key::kToolsProcesses, "tools.processes", "HEARTH_TOOLS_PROCESSES", Type::kInteger, "64", 1,
     kToolProcessesMax, "", "Processes and threads that a command may have at a time."},
    {Key::kToolsOutput, "tools.output", "HEARTH_TOOLS_OUTPUT", Type::kBytes, "32 KiB",
     kToolOutputMin, kToolOutputMax, "",
     "Bytes of a tool's output that are kept: half of the beginning, half of the end."},
    {Key::kDefaultModel, "default_model", "HEARTH_DEFAULT_MODEL", Type::kText, "", 0, kTextBytesMax,
     "", "The model that commands and requests use when none is named."},
    {Key::kRolesPlanner, "roles.planner", "HEARTH_ROLES_PLANNER", Type::kText, "", 0, kTextBytesMax,
     "", "The model that plans tasks; empty is default_model, `none` is nobody."},
    {Key::kRolesCritic, "roles.critic", "HEARTH_ROLES_CRITIC", Type::kText, "", 0, kTextBytesMax,
     "", "The model that criticises plans; empty is default_model, `none` is nobody."},
    {Key::kRolesExecutor, "roles.executor", "HEARTH_ROLES_EXECUTOR", Type::kText, "", 0,
     kTextBytesMax, "", "The model that does the steps of a task; empty is default_model."},
    {Key::kPrivateIdleSeconds, "private.idle_seconds", "HEARTH_PRIVATE_IDLE_SECONDS",
     Type::kInteger, "300", 1, kSecondsMax, "",
     "After how long without work a private daemon ends."},
}};

constexpr bool in_key_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].key) != i) return false;
  }
  return true;
}
static_assert(in_key_order(), "settings_table() is indexed by Key");

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr Unit kUnits[] = {
    {"", 1}, {"B", 1}, {"KiB", base::kKiB}, {"MiB", base::kMiB}, {"GiB", base::kGiB}};

std::optional<std::int64_t> find_number(Type type, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (type == Type::kInteger) return unit.empty() ? std::optional(number) : std::nullopt;
  while (unit.starts_with(' '))
    unit.remove_prefix(1);
  for (const Unit& known : kUnits) {
    if (unit != known.name) continue;
    const auto factor = static_cast<std::int64_t>(known.bytes);
    const bool fits = number >= 0 && number <= std::numeric_limits<std::int64_t>::max() / factor;
    return fits ? std::optional(number * factor) : std::nullopt;
  }
  return std::nullopt;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (true) {
    const std::size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

Failure not_allowed(const Setting& setting, std::string_view text) {
  constexpr std::size_t kShownMax = 80;
  if (setting.type == Type::kDatabase) {  // there may be a password in it
    return fail(Code::kInvalidArgument,
                std::string(setting.name) + " must be " + allowed_values(setting),
                std::string(setting.name));
  }
  std::string shown = base::repair_utf8(text.substr(0, kShownMax));
  if (text.size() > kShownMax) shown += "…";
  return fail(
      Code::kInvalidArgument,
      std::string(setting.name) + " is '" + shown + "', but it must be " + allowed_values(setting),
      std::string(setting.name));
}

// A name could mean another address tomorrow, one that others reach.
bool is_address(std::string_view text) {
  const std::string host(text);
  in_addr v4{};
  in6_addr v6{};
  return ::inet_pton(AF_INET, host.c_str(), &v4) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 || host == "localhost";
}

// A password would be shown with the settings and stand in a file that others may read.
bool is_database(std::string_view text) {
  if (text.empty() || text.starts_with('/')) return true;
  const std::size_t scheme = text.find("://");
  const std::string_view word = text.substr(0, scheme);
  if (scheme == std::string_view::npos || (word != "postgresql" && word != "postgres"))
    return false;
  const std::string_view rest = text.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  const std::size_t at = authority.rfind('@');
  const bool has_password =
      at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
  return !has_password && rest.find("password") == std::string_view::npos;
}

// A name or an address, but no URL and no port: those would never match what is compared.
bool is_host_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':';
  };
  const bool has_port = std::count(name.begin(), name.end(), ':') == 1;
  return !name.empty() && !has_port && std::all_of(name.begin(), name.end(), allowed);
}

bool is_name_list(std::string_view text) {
  const auto names = split_names(text);
  return std::all_of(names.begin(), names.end(), is_host_name);
}

bool is_clean_text(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return base::is_utf8(text) && std::none_of(text.begin(), text.end(), control);
}

}  // namespace

std::span<const Setting> settings_table() {
  return kTable;
}

const Setting& setting_of(Key key) {
  return kTable[static_cast<std::size_t>(key)];
}

const Setting* find_setting(std::string_view name) {
  const auto found = std::find_if(kTable.begin(), kTable.end(),
                                  [&](const Setting& setting) { return setting.name == name; });
  return found == kTable.end() ? nullptr : &*found;
}

std::string_view nearest_setting(std::string_view name) {
  std::array<std::string_view, kKeyCount> names;
  std::transform(kTable.begin(), kTable.end(), names.begin(),
                 [](const Setting& setting) { return setting.name; });
  return base::nearest(name, names);
}

Result<Value> parse_value(const Setting& setting, std::string_view text) {
  switch (setting.type) {
    case Type::kText:
      if (static_cast<std::int64_t>(text.size()) > setting.max || !is_clean_text(text)) break;
      return Value(std::string(text));
    case Type::kAddress:
      if (!is_address(text)) break;
      return Value(std::string(text));
    case Type::kDatabase:
      if (static_cast<std::int64_t>(text.size()) > setting.max || !is_clean_text(text)) break;
      if (!is_database(text)) break;
      return Value(std::string(text));
    case Type::kNames:
      if (static_cast<std::int64_t>(text.size()) > setting.max || !is_name_list(text)) break;
      return Value(std::string(text));
    case Type::kPath:
      if (!text.empty() && !text.starts_with('/')) break;
      if (static_cast<std::int64_t>(text.size()) > setting.max || !is_clean_text(text)) break;
      return Value(std::string(text));
    case Type::kChoice:
      if (!is_choice(setting.choices, text)) break;
      return Value(std::string(text));
    case Type::kInteger:
    case Type::kBytes: {
      const auto number = find_number(setting.type, text);
      if (!number || *number < setting.min || *number > setting.max) break;
      return Value(*number);
    }
  }
  return not_allowed(setting, text);
}

std::string value_text(const Setting& setting, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const std::int64_t number = std::get<std::int64_t>(value);
  if (setting.type != Type::kBytes) return std::to_string(number);
  const Unit* best = &kUnits[0];
  for (const Unit& unit : kUnits) {
    if (number != 0 && number % static_cast<std::int64_t>(unit.bytes) == 0) best = &unit;
  }
  const std::string count = std::to_string(number / static_cast<std::int64_t>(best->bytes));
  return best->bytes == 1 ? count : count + " " + std::string(best->name);
}

std::string allowed_values(const Setting& setting) {
  const auto shown = [&](std::int64_t number) { return value_text(setting, Value(number)); };
  switch (setting.type) {
    case Type::kText:
      return "text without control characters, up to " + std::to_string(setting.max) + " bytes";
    case Type::kAddress:
      return "an address of this machine such as 127.0.0.1, 0.0.0.0 or ::1, or localhost";
    case Type::kDatabase:
      return "the absolute path of a file, or a URL that begins with postgresql:// and has no "
             "password in it, which belongs into ~/.pgpass or PGPASSWORD; or empty";
    case Type::kNames:
      return "names of hosts without a port, separated by commas, or empty";
    case Type::kPath:
      return "an absolute path, or empty";
    case Type::kChoice: {
      std::string words(setting.choices);
      for (std::size_t bar = 0; (bar = words.find('|', bar)) != std::string::npos;) {
        words.replace(bar, 1, ", ");
      }
      return "one of " + words;
    }
    case Type::kInteger:
      return "a whole number from " + shown(setting.min) + " to " + shown(setting.max);
    case Type::kBytes:
      return "a size such as 64 MiB, from " + shown(setting.min) + " to " + shown(setting.max);
  }
  return {};
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (name.starts_with(' '))
      name.remove_prefix(1);
    while (name.ends_with(' '))
      name.remove_suffix(1);
    names.emplace_back(name);
  }
  return names;
}

}  // namespace hearth::config
