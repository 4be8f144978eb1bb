// A list of seccomp rules with one action, added by name. A call that this libseccomp or this
// processor does not know is skipped: it cannot be made by name, and an allow list refuses it.
//
// Threads: confined to the caller.
// Errors: the first one is kept, and everything after it does nothing.
#pragma once

#include <cstdint>
#include <initializer_list>

#include <seccomp.h>

namespace hearth::process {

inline constexpr scmp_datum_t kLow32Bits = 0xffffffff;

// Argument `index`, of which only the bits of `mask` count, is `value`. For an `int` the mask is
// kLow32Bits: the kernel ignores the upper half, so a rule must ignore it as well.
inline scmp_arg_cmp when(unsigned index, scmp_datum_t mask, scmp_datum_t value) {
  return {index, SCMP_CMP_MASKED_EQ, mask, value};
}
inline scmp_arg_cmp when_int(unsigned index, scmp_datum_t value) {
  return when(index, kLow32Bits, value & kLow32Bits);
}
inline scmp_arg_cmp when_not(unsigned index, scmp_datum_t value) {
  return {index, SCMP_CMP_NE, value, 0};
}
inline scmp_arg_cmp when_null(unsigned index) {
  return {index, SCMP_CMP_EQ, 0, 0};
}

class RuleList {
 public:
  RuleList(scmp_filter_ctx context, std::uint32_t action) : context_(context), action_(action) {}

  void add(const char* call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int number = seccomp_syscall_resolve_name(call);
    if (status_ != 0 || number == __NR_SCMP_ERROR) return;
    status_ = seccomp_rule_add_array(context_, action_, number,
                                     static_cast<unsigned>(conditions.size()), conditions.begin());
  }
  template <typename Names>
  void add_all(const Names& calls) {
    for (const char* call : calls)
      add(call);
  }
  // One rule for each value that an `int` argument may have.
  void add_for_each(const char* call, unsigned index, std::initializer_list<scmp_datum_t> values) {
    for (const scmp_datum_t value : values)
      add(call, {when_int(index, value)});
  }

  int status() const { return status_; }

 private:
  scmp_filter_ctx context_;
  std::uint32_t action_;
  int status_ = 0;
};

}  // namespace hearth::process
