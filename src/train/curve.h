// How a training went: a line for every step in a CSV file, and a picture of it (SVG) made from
// that file alone.
//
// Threads: confined to the caller.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::train {

struct CurvePoint {
  std::uint64_t step = 0;  // counted from 1
  std::uint64_t tokens = 0;
  double seconds = 0;
  double loss = 0;
  std::optional<double> validation_loss;
  double learning_rate = 0;
  double gradient_norm = 0;
};

class Curve {
 public:
  // Goes on behind this step; what the file has of later ones is of a leg that left no checkpoint.
  static Result<std::unique_ptr<Curve>> open(const std::string& path, std::uint64_t step);

  void add(const CurvePoint& point);
  Result<void> flush();

 private:
  struct Closed {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closed> file_;
  bool failed_ = false;
};

// What the file has; lines that are none are passed over.
Result<std::vector<CurvePoint>> read_curve(const std::string& path);

}  // namespace hearth::train
