#include "train/seed_job.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/fd.h"
#include "base/units.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "train/seed_model.h"
#include "train/seed_texts.h"
#include "train/shape_text.h"

namespace hearth::train {

namespace {

using json::Node;

constexpr std::size_t kFileBytesMax = base::kMiB;  // of a job, a shape or a template

struct Job {
  SeedModel model;
  std::vector<std::string> texts;
  std::uint64_t lines_max = SeedTexts::kAllLines;
  std::string out;
};

Result<boost::json::value> read_json(const std::string& path) {
  const std::string text = HEARTH_TRY(base::load_text_file(path, kFileBytesMax));
  auto value = json::parse(text);
  if (value) return *std::move(value);
  Error error = value.error();
  error.message = path + ": " + error.message;
  return fail(std::move(error));
}

Result<Shape> read_job_shape(const Node& node) {
  if (!node.is_string()) return read_shape(node);
  const std::string path(HEARTH_TRY(node.text()));
  const auto value = HEARTH_TRY(read_json(path));
  return read_shape(Node(value, node.path()));
}

Result<std::string> read_optional_text(const Node& job, std::string_view key) {
  const auto value = job.find(key);
  if (!value) return std::string();
  return std::string(HEARTH_TRY(value->text()));
}

Result<void> check_names(const Node& job) {
  constexpr std::string_view kNames[] = {
      "shape",  "vocabulary_size", "texts",       "lines", "chat_template", "seed", "name",
      "author", "licence",         "description", "out"};
  for (const auto& [name, value] : HEARTH_TRY(job.members())) {
    if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
      return fail(value.wrong("is no field of a job"));
    }
  }
  return {};
}

Result<void> read_model(const Node& job, SeedModel& model) {
  const Node shape = HEARTH_TRY(job.require("shape"));
  model.shape = HEARTH_TRY(read_job_shape(shape));
  if (const auto size = job.find("vocabulary_size")) {
    const auto count = HEARTH_TRY(size->integer(kVocabularyMin, kVocabularyMax));
    model.shape.vocabulary = static_cast<std::uint32_t>(count);
  }
  if (const auto seed = job.find("seed")) model.seed = HEARTH_TRY(seed->bits64());
  model.name = HEARTH_TRY(read_optional_text(job, "name"));
  model.author = HEARTH_TRY(read_optional_text(job, "author"));
  model.licence = HEARTH_TRY(read_optional_text(job, "licence"));
  model.description = HEARTH_TRY(read_optional_text(job, "description"));
  const std::string path = HEARTH_TRY(read_optional_text(job, "chat_template"));
  if (!path.empty()) model.chat_template = HEARTH_TRY(base::load_text_file(path, kFileBytesMax));
  return {};
}

Result<Job> read_job(const std::string& path) {
  const auto value = HEARTH_TRY(read_json(path));
  const Node node(value);
  HEARTH_TRY(check_names(node));
  Job job;
  HEARTH_TRY(read_model(node, job.model));
  const Node texts = HEARTH_TRY(node.require("texts"));
  for (const Node& text : HEARTH_TRY(texts.elements()))
    job.texts.emplace_back(HEARTH_TRY(text.text()));
  if (const auto lines = node.find("lines")) {
    const auto most = HEARTH_TRY(lines->integer(1, std::numeric_limits<std::int64_t>::max()));
    job.lines_max = static_cast<std::uint64_t>(most);
  }
  const Node out = HEARTH_TRY(node.require("out"));
  job.out = std::string(HEARTH_TRY(out.text()));
  return job;
}

std::string to_json(const Seeded& seeded) {
  json::Writer json;
  json.open('{').key("out").text(seeded.out).key("parameters").number(seeded.parameters);
  json.key("vocabulary").number(seeded.shape.vocabulary);
  json.key("lines").number(seeded.lines).key("text_bytes").number(seeded.text_bytes);
  json.key("words").number(seeded.words).close('}');
  return json.take();
}

}  // namespace

Result<Seeded> seed_model(const std::string& job_path) {
  Job job = HEARTH_TRY(read_job(job_path));
  SeedTexts texts = HEARTH_TRY(SeedTexts::create(job.model.chat_template));
  for (const std::string& path : job.texts)
    HEARTH_TRY(texts.add_file(path, job.lines_max));
  const auto words = texts.words().sorted();
  Shape& shape = job.model.shape;
  job.model.vocabulary = HEARTH_TRY(Vocabulary::learn(words, shape.vocabulary));
  shape.vocabulary = static_cast<std::uint32_t>(job.model.vocabulary.tokens.size());
  Seeded seeded{.shape = shape};
  seeded.parameters = HEARTH_TRY(write_seed_model(job.model, job.out));
  seeded.lines = texts.lines();
  seeded.text_bytes = texts.words().bytes();
  seeded.words = words.size();
  seeded.out = job.out;
  return seeded;
}

int seed_model_command(const char* job_path) {
  const auto seeded = seed_model(job_path);
  if (!seeded) {
    fmt::print(stderr, "hearth-runner: {}\n", seeded.error().message);
    return 1;
  }
  fmt::print("{}\n", to_json(*seeded));
  return 0;
}

}  // namespace hearth::train
