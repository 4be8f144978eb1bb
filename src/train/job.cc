#include "train/job.h"

#include <limits>

#include <fmt/format.h>

#include "base/nearest.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::train {

namespace {

using json::Node;

constexpr double kMinutesMax = 1e6;
constexpr std::int64_t kStepsMax = 1'000'000'000;
constexpr std::int64_t kTokensMax = 1 << 24;
constexpr std::int64_t kThreadsMax = 1024;

Result<std::string> read_path(const Node& node) {
  std::string path(HEARTH_TRY(node.text()));
  if (path.empty()) return fail(node.wrong("must not be empty"));
  return path;
}

Result<std::vector<std::string>> read_paths(const Node& node) {
  if (node.is_string()) return std::vector<std::string>{HEARTH_TRY(read_path(node))};
  std::vector<std::string> paths;
  for (const Node& path : HEARTH_TRY(node.elements()))
    paths.push_back(HEARTH_TRY(read_path(path)));
  return paths;
}

Result<OutType> read_out_type(const Node& node) {
  const auto type = find_out_type(HEARTH_TRY(node.text()));
  if (!type) return fail(node.wrong(R"(must be "f32", "f16" or "q8_0")"));
  return *type;
}

Result<Precision> read_precision(const Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (name == "bf16") return Precision::kBf16;
  if (name == "f32") return Precision::kF32;
  return fail(node.wrong(R"(must be "bf16" or "f32")"));
}

Result<LessonKind> read_lesson(const Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (name == "chats") return LessonKind::kChats;
  if (name == "pairs") return LessonKind::kPairs;
  return fail(node.wrong(R"(must be "chats" or "pairs")"));
}

// How a field of one name is read into a job.
struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, Job& job);
};

template <auto kMember, auto kRead>
Result<void> with(const Node& node, Job& job) {
  job.*kMember = HEARTH_TRY(kRead(node));
  return {};
}

template <auto kMember, std::int64_t kLeast, std::int64_t kMost>
Result<void> whole(const Node& node, Job& job) {
  using T = std::remove_reference_t<decltype(job.*kMember)>;
  if constexpr (std::is_integral_v<T>) {
    job.*kMember = static_cast<T>(HEARTH_TRY(node.integer(kLeast, kMost)));
  } else {
    job.*kMember = static_cast<typename T::value_type>(HEARTH_TRY(node.integer(kLeast, kMost)));
  }
  return {};
}

struct Range {
  double least;
  double most;
};
constexpr Range kShare = {0.0, 1.0};
constexpr Range kMinutes = {0.0, kMinutesMax};
constexpr Range kRate = {1e-9, 1.0};
constexpr Range kEpochs = {1e-6, 1e6};
constexpr Range kDecay = {0.0, 10.0};
constexpr Range kClip = {1e-6, 1e6};
constexpr Range kTemperature = {1e-3, 10.0};

template <auto kMember, const Range& kRange>
Result<void> real(const Node& node, Job& job) {
  job.*kMember = HEARTH_TRY(node.number(kRange.least, kRange.most));
  return {};
}

constexpr Field kFields[] = {
    {"model", &with<&Job::model, &read_path>},
    {"data", &with<&Job::data, &read_paths>},
    {"out", &with<&Job::out, &read_path>},
    {"lesson", &with<&Job::lesson, &read_lesson>},
    {"temperature", &real<&Job::temperature, kTemperature>},
    {"validation", &with<&Job::validation, &read_paths>},
    {"validation_share", &real<&Job::validation_share, kShare>},
    {"out_type", &with<&Job::out_type, &read_out_type>},
    {"work", &with<&Job::work, &read_path>},
    {"steps", &whole<&Job::steps, 1, kStepsMax>},
    {"epochs", &real<&Job::epochs, kEpochs>},
    {"minutes", &real<&Job::minutes, kMinutes>},
    {"leg_minutes", &real<&Job::leg_minutes, kMinutes>},
    {"batch_tokens", &whole<&Job::batch_tokens, 1, kTokensMax>},
    {"context", &whole<&Job::context, 2, kTokensMax>},
    {"learning_rate", &real<&Job::learning_rate, kRate>},
    {"min_learning_rate_share", &real<&Job::min_learning_rate_share, kShare>},
    {"warmup_steps", &whole<&Job::warmup_steps, 0, kStepsMax>},
    {"decay_share", &real<&Job::decay_share, kShare>},
    {"weight_decay", &real<&Job::weight_decay, kDecay>},
    {"clip", &real<&Job::clip, kClip>},
    {"seed", &whole<&Job::seed, 0, std::numeric_limits<std::int64_t>::max()>},
    {"threads", &whole<&Job::threads, 0, kThreadsMax>},
    {"checkpoint_minutes", &real<&Job::checkpoint_minutes, kMinutes>},
    {"validate_every", &whole<&Job::validate_every, 0, kStepsMax>},
    {"precision", &with<&Job::precision, &read_precision>},
};

Error unknown(const Node& member, std::string_view key) {
  std::vector<std::string_view> names;
  for (const Field& field : kFields)
    names.push_back(field.name);
  const std::string_view near = base::nearest(key, names);
  if (near.empty()) return member.wrong("is not known");
  return member.wrong(fmt::format("is not known; did you mean '{}'?", near));
}

}  // namespace

Result<Job> read_job(std::string_view json) {
  const boost::json::value value = HEARTH_TRY(json::parse(json));
  const Node root(value);
  Job job;
  for (const auto& [key, member] : HEARTH_TRY(root.members())) {
    const Field* found = nullptr;
    for (const Field& field : kFields)
      if (field.name == key) found = &field;
    if (found == nullptr) return fail(unknown(member, key));
    if (!member.is_null()) HEARTH_TRY(found->read(member, job));
  }
  for (const char* key : {"model", "data", "out"})
    HEARTH_TRY(root.require(key));
  if (job.data.empty()) return fail(Code::kInvalidArgument, "data must name a file");
  if (job.work.empty()) job.work = job.out + ".work";
  if (!job.steps && !job.minutes && !job.epochs) job.epochs = 3.0;
  return job;
}

}  // namespace hearth::train
