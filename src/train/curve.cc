#include "train/curve.h"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/replacement.h"

namespace hearth::train {

namespace {

constexpr std::string_view kTitle =
    "step,tokens,seconds,loss,validation_loss,learning_rate,grad_norm\n";
constexpr unsigned kMode = 0644;

std::string line_of(const CurvePoint& point) {
  const std::string validation =
      point.validation_loss ? fmt::format("{:.6f}", *point.validation_loss) : std::string();
  return fmt::format("{},{},{:.3f},{:.6f},{},{:.6g},{:.5g}\n", point.step, point.tokens,
                     point.seconds, point.loss, validation, point.learning_rate,
                     point.gradient_norm);
}

template <typename T>
bool take(std::string_view& line, T& value) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc()) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (line.starts_with(',')) line.remove_prefix(1);
  return true;
}

std::optional<CurvePoint> point_of(std::string_view line) {
  CurvePoint point;
  if (!take(line, point.step) || !take(line, point.tokens) || !take(line, point.seconds) ||
      !take(line, point.loss)) {
    return std::nullopt;
  }
  double validation = 0;
  if (line.starts_with(',')) {
    line.remove_prefix(1);
  } else if (take(line, validation)) {
    point.validation_loss = validation;
  }
  if (!take(line, point.learning_rate) || !take(line, point.gradient_norm)) return std::nullopt;
  return point;
}

}  // namespace

Result<std::vector<CurvePoint>> read_curve(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail(Code::kNotFound, "there is no '" + path + "'");
  std::vector<CurvePoint> points;
  std::string line;
  while (std::getline(file, line)) {
    if (const auto point = point_of(line)) points.push_back(*point);
  }
  return points;
}

Result<std::unique_ptr<Curve>> Curve::open(const std::string& path, std::uint64_t step) {
  std::string kept(kTitle);
  for (const CurvePoint& point : read_curve(path).value_or(std::vector<CurvePoint>())) {
    if (point.step <= step) kept += line_of(point);
  }
  HEARTH_TRY(base::replace_file(path, kept, kMode));
  auto curve = std::make_unique<Curve>();
  curve->path_ = path;
  curve->file_.reset(std::fopen(path.c_str(), "ae"));
  if (!curve->file_) return fail(base::errno_error(errno, "cannot write '" + path + "'"));
  return curve;
}

void Curve::add(const CurvePoint& point) {
  const std::string line = line_of(point);
  failed_ = std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() || failed_;
}

Result<void> Curve::flush() {
  failed_ = std::fflush(file_.get()) != 0 || failed_;
  if (failed_) return fail(base::errno_error(errno, "cannot write '" + path_ + "'"));
  return {};
}

}  // namespace hearth::train
