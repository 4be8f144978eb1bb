// One model at work: requests in, events out, in steps of schedule, decode, sample.
//
// Threads:    one thread of its own owns the llama context and runs the steps; workers turn text
//             into tokens, compile grammars and schemas that are new, and read and write the files
//             of kept prefixes. The public functions only post to them; whoever calls them also
//             destroys the engine. The sink is called on all of these threads and on the caller's.
// Invariants: the KV pool is never promised twice: a request is admitted when what of its prompt
//             is not in the pool yet and a reserve fit, and when the pool runs full the least
//             urgent gives its place back and goes on later, as does at any time one whose reader
//             is behind when others need the room; nobody fails for want of room that others hold.
//             Of two requests with the same beginning, one computes it.
// Errors:     every submitted request ends in exactly one Finished or Failed, every other one in
//             its reply or Refused; kUnavailable for those that the engine's end meets.
// Limits:     engine/limits.h.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/cancellation.h"
#include "base/mutex.h"
#include "base/result.h"
#include "chat/request.h"
#include "dialogue/chat_template.h"
#include "engine/cost_model.h"
#include "engine/crew.h"
#include "engine/engine_options.h"
#include "engine/fair_share.h"
#include "engine/intake.h"
#include "engine/kv_pool.h"
#include "engine/model.h"
#include "engine/prefix/cache.h"
#include "engine/recorder.h"
#include "engine/rule_book.h"
#include "engine/schedule_trace.h"
#include "engine/sequence.h"
#include "engine/trace_file.h"
#include "engine/worker.h"
#include "wire/messages.h"

namespace hearth::engine {

class Embedder;

inline constexpr const char* kUnloaded = "the model was unloaded";
inline constexpr const char* kNoChat =
    "an embedding model has no conversations, so its tokens cannot be counted in one; send text";

class Engine {
 public:
  using Sink = std::function<void(std::uint32_t request, wire::Message message)>;

  static Result<std::unique_ptr<Engine>> create(std::unique_ptr<Model> model,
                                                const EngineOptions& options, Sink sink);
  // Ends what runs or waits, after the step and the text at hand.
  ~Engine();

  void submit(std::uint32_t request, chat::Request asked);
  void embed(std::uint32_t request, chat::EmbedRequest asked);
  void tokenize(std::uint32_t request, chat::TokenizeRequest asked);
  void cancel(std::uint32_t request);
  void credit(std::uint32_t request, std::uint32_t events);
  void look_again();  // its permit was granted
  wire::Stats stats() const;
  wire::Loaded describe() const;

 private:
  struct Credit {
    std::uint32_t request;
    std::uint32_t events;
  };
  // How a prompt begins that is known: who in the pool has how much, and what is kept elsewhere.
  struct Beginning {
    const Sequence* donor = nullptr;
    std::size_t shared = 0;
    prefix::Path path;
  };
  using Command = std::variant<std::unique_ptr<Sequence>, Embedding, Credit, prefix::Cache::Report>;

  Engine(std::unique_ptr<Model> model, Sink sink);
  Result<void> prepare(const EngineOptions& options);
  // On a worker, save for the check.
  Result<void> check_prompt(const chat::Request& asked) const;
  Result<void> check_embedding(const chat::EmbedRequest& asked) const;
  Result<Drafted> draft(const Arrival& arrival, chat::Request asked);
  void hand_on(const Arrival& arrival, Drafted drafted);
  Result<std::unique_ptr<Sequence>> bind(const Arrival& arrival, Drafted drafted);
  Result<std::unique_ptr<Sampler>> make_sampler(const chat::Sampling& sampling,
                                                const Sequence& sequence) const;
  Result<const dialogue::ChatTemplate*> chat_template() const;
  Result<std::vector<Token>> input_tokens(const chat::EmbedRequest& asked, std::size_t input) const;
  Result<Embedding> make_embedding(const Arrival& arrival, const chat::EmbedRequest& asked);
  Result<chat::Tokens> make_tokens(const Arrival& arrival, const chat::TokenizeRequest& asked);
  Result<void> still_wanted(const Arrival& arrival) const;

  // engine_loop.cc: the loop, in the order of its calls.
  void run();
  enum class Work : bool { kNone, kSome };
  bool take_commands(Work last_step);
  std::deque<Command> wait_for_commands(Work last_step);
  void handle(Command command);
  void drop_ended();
  Work step();
  Work embed_next();
  bool may_compute();
  std::vector<Share> plan();
  void learn(const std::vector<Share>& shares);
  void fill_batch(const std::vector<Share>& shares);
  int decode();
  void sample(const std::vector<Share>& shares);
  void recover(int code);
  void publish_load();
  std::optional<base::TimePoint> nearest_deadline() const;
  std::vector<Sequence*> unended() const;
  static bool abort_step(void* engine);

  // engine_admission.cc: who runs.
  using Running = std::vector<std::unique_ptr<Sequence>>;
  void admit();
  Sequence* next_in_rank(base::TimePoint now);
  // The cells of all that run, if each had computed that many of its tokens.
  using TokensOf = std::function<std::size_t(const Sequence&)>;
  std::size_t cells_when(const TokensOf& tokens) const;
  bool fits(const Sequence& next, const Beginning& beginning) const;
  bool make_room();
  Work keep_within_pool();
  void start(Sequence& next, const Beginning& beginning);
  void greet(Sequence& next);
  double rank(const Sequence& sequence, base::TimePoint now) const;
  double rank_as_leader(const Sequence& sequence, base::TimePoint now) const;
  void preempt_least();
  void preempt(Running::iterator at);

  // engine_prefix.cc: what is known of a prompt before it is computed.
  void open_prefixes();
  Beginning find_beginning(const Sequence& next);
  const Sequence* whom_to_wait_for(const Sequence& next) const;
  bool fetch_beginning(Sequence& next, const Beginning& beginning);
  void take_beginning(Sequence& next, const Beginning& beginning);
  void park(const Sequence& sequence);
  bool shares_with(const Sequence& one, const Sequence& other) const;

  // engine_choice.cc: what comes next in an answer.
  struct Choice {
    std::vector<Token> tokens;                  // the chosen one and what is certain behind it
    std::optional<chat::TokenLogprob> logprob;  // of the first
    std::uint32_t certain = 0;                  // of the tokens: not chosen
  };
  Result<Choice> choose(Sequence& sequence, std::int32_t place) const;
  std::optional<chat::TokenLogprob> logprob_of(const Sequence& sequence, Token token,
                                               std::span<const float> logits) const;

  // engine_answer.cc: how a sequence goes on or ends. The ending ones mark it as ended; the
  // loop then gives its place back.
  void take(Sequence& sequence, Choice choice);
  void shift(Sequence& sequence);  // engine_shift.cc
  void accept_token(Sequence& sequence, Token token, std::optional<chat::TokenLogprob> logprob);
  void end_or_go_on(Sequence& sequence);
  void report_prefill(Sequence& sequence);
  void say_text(Sequence& sequence, std::string text);
  void say_read(Sequence& sequence, std::vector<chat::Event> events);
  void say_content(Sequence& sequence, chat::TextDelta text);
  void say_rest(Sequence& sequence, dialogue::Rest rest);
  void say_unread_logprobs(Sequence& sequence);
  void say(Sequence& sequence, chat::Event event);
  void send(Sequence& sequence);  // what say() has kept to add to it
  void finish(Sequence& sequence, chat::Finished::Reason reason);
  chat::Finished::Reason find_calls(Sequence& sequence);
  chat::Finished::Reason warn_of_early_end(Sequence& sequence, chat::Finished::Reason reason);
  void end_with(Sequence& sequence, Error error);
  void close_turn(Sequence& sequence);  // engine_turn.cc
  void leave(Sequence& sequence);
  void give_back(Sequence& sequence);
  void cut_to_computed(Sequence& sequence);
  void end_everything();

  // engine_record.cc: what is written down about the steps.
  void record_step();
  void open_trace();
  void load_costs();
  void keep_costs_in_time();
  void keep_costs();

  // Refuses the request when too many are under way.
  Result<Arrival> remember(std::uint32_t request);
  void forget(std::uint32_t request);
  void post(Command command);
  Error as_told(const Error& error) const;
  void fail_generation(std::uint32_t request, const Error& failure);
  void refuse(std::uint32_t request, const Error& error);

  std::unique_ptr<Model> model_;
  Sink sink_;
  EngineOptions options_;  // with every 0 replaced
  LlamaThreads threads_;
  LlamaContext context_;
  KvPool pool_;
  // Or why there is none.
  Result<std::unique_ptr<dialogue::ChatTemplate>> template_ = fail(Code::kInvalidArgument, kNoChat);
  std::vector<Token> turn_;  // what the template writes between an answer and the next question
  RuleBook rules_;
  std::unique_ptr<Embedder> embedder_;

  // Confined to the engine's thread.
  std::deque<std::unique_ptr<Sequence>> waiting_;
  Running running_;  // in the order of admission
  std::vector<llama_seq_id> free_slots_;
  llama_batch batch_{};
  std::vector<Sequence*> in_step_;
  std::uint64_t step_ = 0;
  bool closing_turn_ = false;
  bool shift_pending_ = false;  // tokens moved that the next step turns to their places
  std::uint64_t last_origin_ = 0;
  TracedStep decided_;  // the step at hand
  std::unique_ptr<TraceFile> trace_;
  CostModel cost_;
  std::string cost_key_;
  base::TimePoint costs_kept_;
  FairShare clients_;
  std::unique_ptr<Crew> crew_;  // for what is chosen after a step
  std::deque<Embedding> embeddings_;
  const Embedding* in_embedding_ = nullptr;  // the one being computed

  Recorder recorder_;
  mutable base::Mutex mutex_;
  base::Condition wake_;
  std::deque<Command> inbox_ GUARDED_BY(mutex_);
  std::unordered_map<std::uint32_t, base::CancelSource> cancels_ GUARDED_BY(mutex_);
  wire::Stats stats_ GUARDED_BY(mutex_);
  bool poked_ GUARDED_BY(mutex_) = false;
  std::optional<prefix::Cache> prefixes_;  // after the inbox, which its worker posts to
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> work_came_ = false;  // since the loop last looked
  std::atomic<std::uint64_t> graph_nodes_ = 0;
  Worker prompts_;
  Worker long_prompts_;  // for which a short one does not wait
  Worker rule_making_;
  Worker counts_;
  std::thread thread_;
};

}  // namespace hearth::engine
