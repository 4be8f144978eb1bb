#include "train/shape_text.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "train/seed_tensors.h"
#include "train/vocabulary/vocabulary.h"

namespace hearth::train {

namespace {

struct Field {
  std::string_view name;
  std::uint32_t Shape::* value;
  std::uint32_t least;
  std::uint32_t most;
};

constexpr Field kFields[] = {
    {"layers", &Shape::layers, 1, kLayersMax},
    {"width", &Shape::width, kWidthStep, kWidthMax},
    {"heads", &Shape::heads, 1, kHeadsMax},
    {"kv_heads", &Shape::kv_heads, 1, kHeadsMax},
    {"head_width", &Shape::head_width, kHeadWidthMin, kHeadWidthMax},
    {"hidden", &Shape::hidden, kWidthStep, kHiddenMax},
    {"context", &Shape::context, kContextMin, kContextMax},
    {"vocabulary", &Shape::vocabulary, kVocabularyMin, kVocabularyMax},
};

Result<void> read_family(const json::Node& node, Shape& shape) {
  const json::Node field = HEARTH_TRY(node.require("family"));
  shape.family = std::string(HEARTH_TRY(field.text()));
  const Family* family = find_family(shape.family);
  if (family == nullptr)
    return fail(field.wrong("must be llama, qwen2, qwen3, llama-embed or eurobert"));
  shape.looks_both_ways = family->looks_both_ways;
  return {};
}

Result<void> read_rest(const json::Node& node, Shape& shape) {
  constexpr double kRopeBaseMax = 1e8;
  constexpr double kEpsilonMax = 1e-2;
  if (const auto base = node.find("rope_base")) {
    shape.rope_base = static_cast<float>(HEARTH_TRY(base->number(1.0, kRopeBaseMax)));
  }
  if (const auto epsilon = node.find("norm_epsilon")) {
    shape.norm_epsilon = static_cast<float>(HEARTH_TRY(epsilon->number(0.0, kEpsilonMax)));
  }
  if (const auto tied = node.find("tied")) shape.tied = HEARTH_TRY(tied->boolean());
  return {};
}

Result<void> check_together(const json::Node& node, const Shape& shape) {
  for (const auto& [name, value] : {std::pair("width", shape.width), {"hidden", shape.hidden}}) {
    if (value % kWidthStep == 0) continue;
    const json::Node field = HEARTH_TRY(node.require(name));
    return fail(field.wrong(fmt::format("must be a multiple of {}", kWidthStep)));
  }
  if (shape.heads % shape.kv_heads != 0) {
    return fail(HEARTH_TRY(node.require("kv_heads")).wrong("must divide the heads"));
  }
  if (shape.head_width % 2 != 0) {
    return fail(HEARTH_TRY(node.require("head_width")).wrong("must be even: positions turn pairs"));
  }
  if (shape.family == "eurobert" && shape.heads * shape.head_width != shape.width) {
    return fail(HEARTH_TRY(node.require("head_width")).wrong("times the heads must be the width"));
  }
  return {};
}

Result<void> check_names(const json::Node& node) {
  constexpr std::string_view kOthers[] = {"family", "rope_base", "norm_epsilon", "tied"};
  for (const auto& [name, value] : HEARTH_TRY(node.members())) {
    const auto is_name = [&](const auto& known) { return known == name; };
    const bool known = std::any_of(std::begin(kOthers), std::end(kOthers), is_name) ||
                       std::any_of(std::begin(kFields), std::end(kFields),
                                   [&](const Field& field) { return field.name == name; });
    if (!known) return fail(value.wrong("is no field of a shape"));
  }
  return {};
}

}  // namespace

Result<Shape> read_shape(const json::Node& node) {
  HEARTH_TRY(check_names(node));
  Shape shape;
  HEARTH_TRY(read_family(node, shape));
  for (const Field& field : kFields) {
    const json::Node value = HEARTH_TRY(node.require(field.name));
    shape.*field.value =
        static_cast<std::uint32_t>(HEARTH_TRY(value.integer(field.least, field.most)));
  }
  HEARTH_TRY(read_rest(node, shape));
  HEARTH_TRY(check_together(node, shape));
  return shape;
}

}  // namespace hearth::train
