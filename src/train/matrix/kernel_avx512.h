// The kernels for CPUs with AVX-512. Null where this is not built for x86-64 or the CPU lacks what
// they need.
//
// Threads: immutable.
#pragma once

#include "train/matrix/kernel.h"

namespace hearth::train {

const Kernel* avx512_f32_kernel();
const Kernel* avx512_bf16_kernel();

}  // namespace hearth::train
