// make-model: writes a GGUF file of a real shape with random weights, for tests and benchmarks.
//
//   make-model --shape qwen2.5-0.5b --type q4_k_m --vocab ggml-vocab-qwen2.gguf --out m.gguf

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/units.h"
#include "model_writer.h"

namespace {

std::string shape_names() {
  std::string names;
  for (const auto& shape : hearth::models::all_shapes()) {
    names += names.empty() ? "" : ", ";
    names += shape.name;
  }
  return names;
}

int complain(const std::string& message, int exit_code) {
  fmt::print(stderr, "make-model: {}\n", message);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  namespace models = hearth::models;
  CLI::App app("Writes a GGUF model of a real shape with random weights.", "make-model");
  models::Order order;
  std::string shape;
  std::string type = "f16";
  app.add_option("--shape", shape, "One of: " + shape_names())->required();
  app.add_option("--type", type, "f32, f16, q8_0, q4_0 or q4_k_m");
  app.add_option("--vocab", order.vocabulary_path,
                 "A GGUF file whose tokenizer to take; without it a small one is made");
  std::string template_path;
  app.add_option("--template", template_path,
                 "With --vocab, a file with the chat template; without it, its own or ChatML");
  app.add_option("--out", order.out_path, "The file to write")->required();
  app.add_option("--seed", order.seed, "The same seed gives the same file");
  CLI11_PARSE(app, argc, argv);

  order.shape = models::find_shape(shape);
  if (order.shape == nullptr) {
    return complain(fmt::format("there is no shape '{}'; take one of {}", shape, shape_names()), 2);
  }
  const auto file_type = models::find_file_type(type);
  if (!file_type) {
    return complain(fmt::format("there is no type '{}'; take f32, f16, q8_0, q4_0 or q4_k_m", type),
                    2);
  }
  order.file_type = *file_type;
  if (!template_path.empty()) {
    std::ifstream file(template_path, std::ios::binary);
    order.chat_template.assign(std::istreambuf_iterator<char>(file), {});
    if (order.chat_template.empty()) return complain("there is no template in " + template_path, 1);
  }
  const auto written = models::write_model(order);
  if (!written) return complain(written.error().message, 1);
  fmt::print("{}: {}\n", order.out_path, hearth::base::format_bytes(*written));
  return 0;
}
