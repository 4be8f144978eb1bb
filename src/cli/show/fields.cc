#include "cli/show/fields.h"

#include <limits>

#include <fmt/format.h>

namespace hearth::cli {

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr double kRealMost = 1e300;

}  // namespace

std::optional<json::Node> AnswerFields::find(std::string_view key) const {
  return is_empty() ? std::nullopt : node_->find(key);
}

std::string AnswerFields::text(std::string_view key) const {
  const auto field = find(key);
  return field && field->is_string() ? std::string(*field->text()) : std::string();
}

std::uint64_t AnswerFields::number(std::string_view key) const {
  const auto field = find(key);
  return field ? static_cast<std::uint64_t>(field->integer(0, kMost).value_or(0)) : 0;
}

double AnswerFields::real(std::string_view key) const {
  const auto field = find(key);
  return field ? field->number(-kRealMost, kRealMost).value_or(0.0) : 0.0;
}

bool AnswerFields::flag(std::string_view key) const {
  const auto field = find(key);
  return field && field->boolean().value_or(false);
}

AnswerFields AnswerFields::object(std::string_view key) const {
  return AnswerFields(find(key));
}

std::vector<json::Node> AnswerFields::list(std::string_view key) const {
  const auto field = find(key);
  if (!field || !field->is_array()) return {};
  return *field->elements();
}

std::vector<std::string> AnswerFields::texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (const json::Node& node : list(key)) {
    if (node.is_string()) texts.emplace_back(*node.text());
  }
  return texts;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  constexpr std::size_t kGroup = 3;
  for (std::size_t at = digits.size(); at > kGroup; at -= kGroup)
    digits.insert(at - kGroup, 1, ',');
  return digits;
}

std::string parameters_text(std::uint64_t parameters) {
  constexpr std::uint64_t kMillion = 1'000'000;
  constexpr std::uint64_t kBillion = 1000 * kMillion;
  const auto number = static_cast<double>(parameters);
  if (parameters >= kBillion) return fmt::format("{:.1f} billion", number / kBillion);
  if (parameters >= 10 * kMillion) return fmt::format("{:.0f} million", number / kMillion);
  if (parameters >= kMillion) return fmt::format("{:.1f} million", number / kMillion);
  return grouped(parameters);
}

std::string verdict_text(const std::string& verdict, std::uint64_t context) {
  if (verdict == "fits_smaller") return "fits with " + grouped(context) + " tokens";
  if (verdict == "does_not_fit") return "does not fit";
  return verdict;
}

}  // namespace hearth::cli
