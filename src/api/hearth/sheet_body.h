// A model's sheet, and which models suit this machine, as JSON. Where files lie is told only to
// this machine.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>

#include "fleet/fit/model_sheet.h"
#include "fleet/fit/ranking.h"

namespace hearth::api {

enum class Paths : std::uint8_t { kTold, kKept };

std::string sheet_body(const fleet::ModelSheet& sheet, Paths paths);
std::string fit_body(const fleet::FitList& list);

}  // namespace hearth::api
