#include "train/curve_picture.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hearth::train {

namespace {

constexpr double kWidth = 900;
constexpr double kHeight = 420;
constexpr double kLeft = 60;
constexpr double kRight = 20;
constexpr double kTop = 30;
constexpr double kBottom = 40;
constexpr std::size_t kPointsMax = 1500;  // of a line; more are drawn as means of neighbours
constexpr double kLeastLoss = 1e-4;
constexpr double kKept = 0.98;  // of the moving mean, at each step

struct Frame {
  double steps;
  double low;  // logarithms
  double high;

  double x(double step) const { return kLeft + (kWidth - kLeft - kRight) * step / steps; }
  double y(double loss) const {
    const double share = (std::log10(std::max(loss, kLeastLoss)) - low) / (high - low);
    return kHeight - kBottom - (kHeight - kTop - kBottom) * share;
  }
};

Frame frame_of(std::span<const CurvePoint> points) {
  double least = points.front().loss;
  double most = least;
  for (const CurvePoint& point : points) {
    least = std::min({least, point.loss, point.validation_loss.value_or(least)});
    most = std::max({most, point.loss, point.validation_loss.value_or(most)});
  }
  const double low = std::log10(std::max(least, kLeastLoss));
  const double high = std::log10(std::max(most, kLeastLoss));
  const double margin = std::max(0.05, (high - low) * 0.05);
  return {static_cast<double>(std::max<std::uint64_t>(points.back().step, 1)), low - margin,
          high + margin};
}

template <typename LossOf>
std::string line(std::span<const CurvePoint> points, const Frame& frame, const char* style,
                 LossOf loss_of) {
  const std::size_t group = (points.size() + kPointsMax - 1) / kPointsMax;
  std::string path;
  for (std::size_t i = 0; i < points.size(); i += group) {
    double sum = 0;
    const std::size_t end = std::min(points.size(), i + group);
    for (std::size_t k = i; k < end; ++k)
      sum += loss_of(k);
    path += fmt::format("{}{:.1f},{:.1f}", i == 0 ? "M" : " L",
                        frame.x(static_cast<double>(points[end - 1].step)),
                        frame.y(sum / static_cast<double>(end - i)));
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" {}/>\n", path, style);
}

std::string scale(const Frame& frame) {
  std::string out;
  const double decade = frame.high - frame.low > 1.0 ? 1.0 : 0.25;
  for (double at = std::ceil(frame.low / decade) * decade; at <= frame.high; at += decade) {
    for (const double part : {1.0, 2.0, 5.0}) {
      const double loss = std::pow(10.0, at) * part;
      if (std::log10(loss) > frame.high || (part != 1.0 && decade < 1.0)) continue;
      out += fmt::format(
          "<path d=\"M{} {:.1f} H{}\" stroke=\"#ddd\"/>"
          "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.3g}</text>\n",
          kLeft, frame.y(loss), kWidth - kRight, kLeft - 6, frame.y(loss) + 4, loss);
    }
  }
  for (int i = 0; i <= 4; ++i) {
    const double step = frame.steps * i / 4;
    out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f}</text>\n",
                       frame.x(step), kHeight - kBottom + 18, step);
  }
  return out;
}

std::string legend(std::span<const CurvePoint> points) {
  const CurvePoint& last = points.back();
  return fmt::format(
      "<text x=\"{}\" y=\"20\">loss by step (logarithmic): thin each step, thick its moving mean, "
      "dots validation; {} steps, {:.1f} million tokens, {:.0f} minutes</text>\n",
      kLeft, last.step, static_cast<double>(last.tokens) / 1e6, last.seconds / 60);
}

}  // namespace

std::string draw_curve(std::span<const CurvePoint> points) {
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" "
      "font-size=\"12\" fill=\"#333\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
      kWidth, kHeight);
  if (points.empty()) return out + "<text x=\"60\" y=\"60\">no steps yet</text>\n</svg>\n";
  const Frame frame = frame_of(points);
  std::vector<double> means;
  double mean = points.front().loss;
  for (const CurvePoint& point : points) {
    mean = kKept * mean + (1.0 - kKept) * point.loss;
    means.push_back(mean);
  }
  out += scale(frame);
  out += line(points, frame, "stroke=\"#e8b080\" stroke-width=\"0.7\"",
              [&](std::size_t i) { return points[i].loss; });
  out += line(points, frame, "stroke=\"#c04000\" stroke-width=\"2\"",
              [&](std::size_t i) { return means[i]; });
  for (const CurvePoint& point : points) {
    if (!point.validation_loss) continue;
    out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"#2060a0\"/>\n",
                       frame.x(static_cast<double>(point.step)), frame.y(*point.validation_loss));
  }
  return out + legend(points) + "</svg>\n";
}

}  // namespace hearth::train
