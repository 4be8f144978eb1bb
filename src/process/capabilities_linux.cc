#include "process/capabilities_linux.h"

#include <cerrno>
#include <cstdint>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hearth::process {

namespace {

constexpr std::uint32_t kKept = (1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH);
constexpr int kCapabilitiesMax = 64;

void drop_from_bounding_set() noexcept {
  for (int capability = 0; capability < kCapabilitiesMax; ++capability) {
    const bool kept = capability < 32 && ((kKept >> capability) & 1U) != 0;
    // Refused without CAP_SETPCAP; then an exec as root gains nothing either, because
    // no_new_privs is set.
    if (!kept) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
}

}  // namespace

int drop_capabilities_raw() noexcept {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return errno;
  if (data[0].permitted == 0 && data[1].permitted == 0) return 0;
  drop_from_bounding_set();
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  data[0].permitted &= kKept;
  data[0].effective = data[0].permitted;
  data[0].inheritable = 0;
  data[1] = {};
  header = {_LINUX_CAPABILITY_VERSION_3, 0};
  return ::syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}

}  // namespace hearth::process
