#include "process/landlock_linux.h"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hearth::process {

namespace {

// The kernel's own names and numbers, written here because the headers of Debian 12 stop at the
// second version of the interface.
constexpr std::uint64_t kExecute = 1U << 0;
constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kReadFile = 1U << 2;
constexpr std::uint64_t kReadFolder = 1U << 3;
constexpr std::uint64_t kRemoveFolder = 1U << 4;
constexpr std::uint64_t kRemoveFile = 1U << 5;
constexpr std::uint64_t kMakeFolder = 1U << 7;
constexpr std::uint64_t kMakeFile = 1U << 8;
constexpr std::uint64_t kMakeSymlink = 1U << 12;
constexpr std::uint64_t kFirstVersion = (1U << 13) - 1;
constexpr std::uint64_t kRefer = 1U << 13;
constexpr std::uint64_t kTruncate = 1U << 14;
constexpr std::uint64_t kDeviceIoctl = 1U << 15;
constexpr std::uint64_t kTcpBindAndConnect = 3;
constexpr std::uint64_t kScopeAbstractSocketsAndSignals = 3;

constexpr std::uint64_t kReadRights = kReadFile | kReadFolder;
// No devices, sockets or FIFOs: nothing that reaches another process.
constexpr std::uint64_t kWriteRights = kReadRights | kWriteFile | kRemoveFolder | kRemoveFile |
                                       kMakeFolder | kMakeFile | kMakeSymlink | kRefer | kTruncate;
constexpr std::uint64_t kDeviceRights = kReadRights | kWriteFile | kDeviceIoctl;
// What Landlock accepts in a rule for something that is not a folder.
constexpr std::uint64_t kFileRights = kExecute | kWriteFile | kReadFile | kTruncate | kDeviceIoctl;

constexpr unsigned kCreateAskVersion = 1;
constexpr int kRulePathBeneath = 1;

struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;  // since version 4
  std::uint64_t scopes = 0;   // since version 6
};

struct PathBeneath {
  std::uint64_t rights = 0;
  std::int32_t folder = -1;
} __attribute__((packed));

std::uint64_t handled_files(int abi) {
  std::uint64_t rights = kFirstVersion;
  if (abi >= kLandlockRefer) rights |= kRefer;
  if (abi >= kLandlockTruncate) rights |= kTruncate;
  if (abi >= kLandlockDeviceIoctl) rights |= kDeviceIoctl;
  return rights;
}

Result<Fd> create_ruleset(int abi, SandboxPolicy::Network network) {
  RulesetAttributes attributes;
  attributes.files = handled_files(abi);
  std::size_t size = sizeof attributes.files;
  if (abi >= kLandlockTcp) {
    size += sizeof attributes.network;
    if (network == SandboxPolicy::Network::kNone) attributes.network = kTcpBindAndConnect;
  }
  if (abi >= kLandlockSignals) {
    size = sizeof attributes;
    attributes.scopes = kScopeAbstractSocketsAndSignals;
  }
  const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
  if (ruleset < 0) return fail(base::errno_error(errno, "cannot create a Landlock ruleset"));
  return Fd(static_cast<int>(ruleset));
}

class Rules {
 public:
  Rules(int ruleset, int abi) : ruleset_(ruleset), handled_(handled_files(abi)) {}

  Result<void> allow(const std::string& path, std::uint64_t rights) const {
    const Fd target(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat status{};
    if (!target || ::fstat(target.get(), &status) != 0) {
      return fail(base::errno_error(errno, "cannot let a sandbox use '" + path + "'", path));
    }
    const std::uint64_t fitting = S_ISDIR(status.st_mode) ? rights : rights & kFileRights;
    const PathBeneath rule = {fitting & handled_, target.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset_, kRulePathBeneath, &rule, 0) != 0) {
      return fail(base::errno_error(errno, "cannot let a sandbox use '" + path + "'", path));
    }
    return {};
  }

 private:
  int ruleset_;
  std::uint64_t handled_;
};

Result<void> check_is_folder(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(base::errno_error(errno, "cannot let a sandbox write in '" + path + "'", path));
  }
  if (S_ISDIR(status.st_mode)) return {};
  return fail(Code::kInvalidArgument,
              "a sandbox can be let write in folders, and '" + path + "' is none", path);
}

}  // namespace

int landlock_abi() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kCreateAskVersion);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Result<Landlock> Landlock::create(const SandboxPolicy& policy) {
  for (const auto& path : policy.write_paths)
    HEARTH_TRY(check_is_folder(path));
  Landlock landlock;
  landlock.abi_ = landlock_abi();
  if (landlock.abi_ == 0) return landlock;
  landlock.ruleset_ = HEARTH_TRY(create_ruleset(landlock.abi_, policy.network));
  const Rules rules(landlock.ruleset_.get(), landlock.abi_);

  const bool execute = policy.exec == SandboxPolicy::Exec::kAllowed;
  for (const auto& path : policy.read_paths) {
    HEARTH_TRY(rules.allow(path, kReadRights | (execute ? kExecute : 0)));
  }
  for (const auto& path : policy.write_paths)
    HEARTH_TRY(rules.allow(path, kWriteRights));
  for (const auto& path : policy.device_paths)
    HEARTH_TRY(rules.allow(path, kDeviceRights));
  // Every C library expects these, and they lead nowhere. A container may lack some.
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"}) {
    if (::access(path, F_OK) == 0) HEARTH_TRY(rules.allow(path, kReadFile | kWriteFile));
  }
  return landlock;
}

int Landlock::restrict_raw() const noexcept {
  if (!ruleset_) return 0;
  return ::syscall(SYS_landlock_restrict_self, ruleset_.get(), 0) == 0 ? 0 : errno;
}

std::string Landlock::description() const {
  if (abi_ == 0) return "no landlock (files are not held; boot with lsm=landlock,… to have it)";
  std::string lacks;
  const auto needs = [&](int abi, const char* what) {
    if (abi_ < abi) lacks += (lacks.empty() ? "" : ", ") + std::string(what);
  };
  needs(kLandlockRefer, "moves between folders");
  needs(kLandlockTruncate, "truncate");
  needs(kLandlockTcp, "tcp");
  needs(kLandlockDeviceIoctl, "device ioctl");
  needs(kLandlockSignals, "signals, abstract sockets");
  const std::string name = "landlock abi " + std::to_string(abi_);
  return lacks.empty() ? name : name + " (this kernel lacks: " + lacks + ")";
}

}  // namespace hearth::process
