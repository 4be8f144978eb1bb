// The picture of a training: its loss by step as a thin line, a moving mean of it as a thick one,
// the validation loss as dots, on a logarithmic scale with its numbers beside it. SVG, as text.
//
// Threads: pure.
#pragma once

#include <span>
#include <string>

#include "train/curve.h"

namespace hearth::train {

std::string draw_curve(std::span<const CurvePoint> points);

}  // namespace hearth::train
