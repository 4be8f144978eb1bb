#include <algorithm>
#include <filesystem>
#include <numeric>
#include <span>
#include <thread>

#include "base/fnv.h"
#include "train/course/chat_course.h"
#include "train/course/pair_course.h"
#include "train/trainer.h"

namespace hearth::train {

namespace {

// What a step may keep in memory for its way back; more tokens than fit are learned one part after
// the other.
constexpr std::size_t kTraceBytesMax = std::size_t{3} << 30;
// Nor may one part take so long that a signal is not heard for more than some seconds.
constexpr std::size_t kPartFlops = std::size_t{2} << 40;
constexpr std::size_t kPartTokensLeast = 256;
// The rate where the job names none. Small models are trained from nothing here, and learned best
// with 0.001 to 0.002 (7 million parameters, 4096 tokens a step; 0.008 learned, but less). Larger
// ones know something that should not be lost.
constexpr std::size_t kSmallModel = 50'000'000;
constexpr double kRateOfSmall = 1e-3;
constexpr double kRateOfLarge = 2e-5;
constexpr double kShares = 1e6;  // of lessons: one in so many can be told apart

std::uint32_t threads_of(const Job& job) {
  return job.threads != 0 ? job.threads : std::max(1U, std::thread::hardware_concurrency());
}

Result<void> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  return fail(Code::kUnavailable, "cannot make the folder '" + path + "': " + error.message());
}

std::uint64_t digest_words(std::span<const std::uint64_t> words) {
  return base::fnv1a({reinterpret_cast<const char*>(words.data()), words.size_bytes()});
}

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::create(const Job& job, const Report& report,
                                                 const std::atomic<bool>& stop) {
  std::unique_ptr<Trainer> trainer(new Trainer(job, report, stop));
  HEARTH_TRY(trainer->open_model());
  HEARTH_TRY(trainer->read_lessons());
  HEARTH_TRY(trainer->take_up());
  return trainer;
}

Result<void> Trainer::open_model() {
  model_ = HEARTH_TRY(ModelFile::open(job_.model));
  context_ = job_.context == 0 ? model_->shape().context : job_.context;
  if (context_ > model_->shape().context) {
    return fail(Code::kInvalidArgument, "the context of the job is " + std::to_string(context_) +
                                            "; the model's is " +
                                            std::to_string(model_->shape().context));
  }
  HEARTH_TRY(make_folder(job_.work));
  network_ = std::make_unique<Network>(
      model_->shape(), model_->extras(),
      NetworkOptions{job_.precision, threads_of(job_), model_->rope_factors()});
  HEARTH_TRY(model_->read_weights(network_->layout(), network_->weights()));
  optimiser_ = std::make_unique<Optimiser>(network_->layout());
  const bool small = network_->layout().size() < kSmallModel;
  rate_ = job_.learning_rate.value_or(small ? kRateOfSmall : kRateOfLarge);
  measure_room();
  return {};
}

void Trainer::measure_room() {
  const Shape& shape = model_->shape();
  const std::size_t query = network_->layout().query_width();
  const std::size_t key = network_->layout().key_width();
  const std::size_t numbers =
      shape.layers * (2UL * shape.width + 3 * query + 3 * key + 2UL * shape.hidden);
  constexpr std::size_t kFlopsOfNumber = 6;  // for each token, forwards and back
  const std::size_t patience = kPartFlops / (kFlopsOfNumber * network_->layout().size());
  const std::size_t room = kTraceBytesMax / (numbers * sizeof(float));
  tokens_at_once_ = std::max(std::min(room, patience), kPartTokensLeast);
}

Result<void> Trainer::read_lessons() {
  Fd file = HEARTH_TRY(base::open_for_reading(job_.model));
  const auto model =
      HEARTH_TRY(engine::Model::load(engine::ModelFiles(std::move(file)), {.gpu_layers = 0}, {}));
  course_ = HEARTH_TRY(make_course({job_.data, job_.work + "/lessons", context_}, *model));
  LessonNumbers learned;
  if (job_.validation.empty()) {
    learned = divide(course_->size());
  } else {
    const LessonSource apart{job_.validation, job_.work + "/validation", context_};
    validation_ = HEARTH_TRY(make_course(apart, *model));
    learned.resize(course_->size());
    std::iota(learned.begin(), learned.end(), 0U);
    validated_.resize(validation_->size());
    std::iota(validated_.begin(), validated_.end(), 0U);
  }
  if (learned.empty())
    return fail(Code::kInvalidArgument, "all lessons are for validation, none is to learn");
  order_.emplace(std::move(learned), job_.seed);
  return {};
}

Result<std::unique_ptr<Course>> Trainer::make_course(const LessonSource& source,
                                                     const engine::Model& model) {
  const auto heard = [this](std::uint64_t done) {
    report_.reading(done);
    return !stop_;
  };
  if (job_.lesson == LessonKind::kChats) {
    auto lessons = HEARTH_TRY(make_lessons(source, model, network_->crew(), heard));
    return std::make_unique<ChatCourse>(std::move(lessons));
  }
  if (!model_->shape().looks_both_ways) {
    return fail(Code::kInvalidArgument,
                "the lesson \"pairs\" is for encoders, which look both ways; the model is a '" +
                    model_->shape().family + "'");
  }
  auto pairs = HEARTH_TRY(PairSet::make(source, model, network_->crew(), heard));
  return std::make_unique<PairCourse>(std::move(pairs), static_cast<float>(job_.temperature));
}

LessonNumbers Trainer::divide(std::size_t lessons) {
  const auto share = static_cast<std::uint64_t>(job_.validation_share * kShares);
  LessonNumbers learned;
  for (std::uint32_t i = 0; i < lessons; ++i) {
    const bool apart =
        mixed(job_.seed ^ 0x76616c6964U, i) % static_cast<std::uint64_t>(kShares) < share;
    (apart ? validated_ : learned).push_back(i);
  }
  return learned;
}

// What a checkpoint depends on; how long and how fast to train may be changed between legs.
std::uint64_t Trainer::job_digest() const {
  const Shape& shape = model_->shape();
  const std::uint64_t words[] = {base::fnv1a(shape.family),
                                 network_->layout().size(),
                                 shape.layers,
                                 shape.width,
                                 course_->digest(),
                                 order_->size(),
                                 job_.seed,
                                 job_.batch_tokens,
                                 context_};
  return digest_words(words);
}

Result<void> Trainer::take_up() {
  checkpoints_.emplace(job_.work + "/checkpoint", job_digest());
  const auto known = checkpoints_->load(numbers());
  if (!known && known.error().code != Code::kNotFound) return fail(known.error());
  if (known) state_ = *known;
  network_->refresh();
  curve_ = HEARTH_TRY(Curve::open(job_.work + "/curve.csv", state_.step));
  last_.step = state_.step;
  last_.tokens = state_.tokens;
  last_.seconds = state_.seconds;
  Report::Start start;
  start.kernel = network_->kernel().name;
  for (const NamedPlace& named : network_->layout().places())
    start.parameters += named.place.size();
  start.lessons = order_->size();
  start.validation_lessons = validated_.size();
  start.tokens = course_->tokens();
  start.counts = course_->counts();
  start.state = state_;
  report_.started(start);
  return {};
}

TrainNumbers Trainer::numbers() {
  const std::size_t size = network_->layout().size();
  return {{network_->weights(), size}, {optimiser_->means(), size}, {optimiser_->squares(), size}};
}

}  // namespace hearth::train
