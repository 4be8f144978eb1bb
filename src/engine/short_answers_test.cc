// Answers of few tokens in every family's words, where each of its marks is several tokens: what a
// client is told as text is text, and never a part of a mark that the rules wanted; and no answer
// is longer than it may be.
#include <algorithm>
#include <cctype>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/request_part.h"
#include "dialogue/answer_parser.h"
#include "dialogue/testing/known_templates.h"
#include "engine/answer_rules.h"
#include "engine/begun_answer.h"
#include "engine/text_assembler.h"
#include "json/parse.h"

namespace hearth::engine {
namespace {

using dialogue::AnswerFormat;
using dialogue::testing::hear;
using dialogue::testing::Heard;
using ToolKind = chat::ToolChoice::Kind;

constexpr std::uint32_t kFewTokens = 24;
constexpr std::uint32_t kLengths = 45;  // tokens; some marks take as many
constexpr std::uint32_t kEnough = 600;
constexpr int kWalks = 4;  // of each length
constexpr Token kEnd = 256;
constexpr std::string_view kDocument = R"("umbrella")";
constexpr const char* kSchema = R"({"const":"umbrella"})";
constexpr const char* kObject =
    R"({"type":"object","properties":{"k":{"type":"string","maxLength":3}},
  "required":["k"],"additionalProperties":false})";

// Every byte is a token, and so is every word of some texts.
class Words {
 public:
  explicit Words(const std::vector<std::string>& texts) {
    for (int byte = 0; byte < 256; ++byte)
      all_.emplace_back(1, static_cast<char>(byte));
    all_.emplace_back();
    for (const std::string& text : texts)
      add(text);
  }
  std::string text(Token token) const { return all_[static_cast<std::size_t>(token)]; }
  std::vector<Token> tokens(std::string_view text) const {
    std::vector<Token> tokens;
    while (!text.empty()) {
      Token best = static_cast<unsigned char>(text.front());
      for (std::size_t word = kEnd + 1; word < all_.size(); ++word) {
        const bool longer = all_[word].size() > all_[static_cast<std::size_t>(best)].size();
        if (longer && text.starts_with(all_[word])) best = static_cast<Token>(word);
      }
      tokens.push_back(best);
      text.remove_prefix(this->text(best).size());
    }
    return tokens;
  }
  Spelling spelling() const {
    return {[this](Token token) { return text(token); },
            [this](std::string_view text) { return tokens(text); }};
  }
  std::shared_ptr<const constraint::Vocabulary> vocabulary() const {
    return constraint::Vocabulary::create(all_, std::vector<Token>{kEnd});
  }
  std::size_t size() const { return all_.size(); }

 private:
  void add(const std::string& text) {
    const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = begin + 1;
      while (end < text.size() && is_letter(text[end]) == is_letter(text[begin]))
        ++end;
      const std::string word = text.substr(begin, end - begin);
      if (word.size() > 1 && known_.insert(word).second) all_.push_back(word);
      begin = end;
    }
  }

  std::vector<std::string> all_;
  std::set<std::string> known_;
};

struct Written {
  std::string answer;
  dialogue::Rest rest = dialogue::Rest::kText;
};

class ShortAnswers : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    template_ = dialogue::testing::load_template(GetParam());
    ASSERT_NE(template_, nullptr);
  }
  void prepare(const chat::Request& request) {
    const auto rendered = template_->render(request);
    ASSERT_TRUE(rendered) << rendered.error().message;
    format_ = rendered->format;
    plan_ = plan_answer(request, format_, {});
    ASSERT_TRUE(plan_.source.has_value());
    words_ = std::make_unique<Words>(
        std::vector<std::string>{format_.thinking_begin, format_.thinking_end,
                                 format_.frame.turn_begin + format_.frame.text_begin,
                                 shortest_call(), std::string(kDocument)});
    constraint::Effort effort;
    auto rule = make_rule(*plan_.source, {words_->vocabulary(), {}}, effort);
    ASSERT_TRUE(rule) << rule.error().message;
    plan_.orders.rule = *std::move(rule);
  }
  std::string shortest_call() const {
    if (format_.calls.text.empty()) return {};
    const auto grammar = constraint::Grammar::compile(*constraint::parse_gbnf(format_.calls.text));
    return constraint::Matcher(*grammar).shortest_end().value_or("");
  }
  // One answer as it is written, within so many tokens.
  class Pen {
   public:
    Pen(const Orders& orders, const Words& words, std::uint32_t left)
        : words_(words), left_(left), guide_(*Guide::create(orders, words.spelling(), left)) {
      add(guide_->begin(left));
    }
    Guide& guide() { return *guide_; }
    bool goes_on() const { return left_ > 0 && !is_over() && !HasFailure(); }
    bool is_over() const { return ended_ || guide_->ended(); }
    void take(Token chosen) {
      ended_ = chosen == kEnd;
      if (!ended_) add(guide_->take(chosen, left_));
    }
    Written written() const { return {answer_, guide_->rest()}; }

   private:
    void add(const Result<std::vector<Token>>& tokens) {
      ASSERT_TRUE(tokens) << tokens.error().message << answer_;
      ASSERT_LE(tokens->size(), left_) << answer_;
      left_ -= static_cast<std::uint32_t>(tokens->size());
      for (const Token token : *tokens)
        answer_ += words_.text(token);
    }

    const Words& words_;
    std::uint32_t left_;
    std::unique_ptr<Guide> guide_;
    std::string answer_;
    bool ended_ = false;
  };

  enum class Start : bool { kByChance, kThinking };  // where the family thinks
  // Tokens by chance, words more often than bytes.
  Written write(std::uint32_t left, std::uint32_t seed, Start start = Start::kByChance) const {
    std::mt19937 random(seed);
    Pen pen(plan_.orders, *words_, left);
    if (start == Start::kThinking) {
      for (const Token token : words_->tokens(format_.thinking_begin))
        if (pen.goes_on() && !pen.guide().thinks() && may_come(pen.guide(), token)) pen.take(token);
    }
    while (pen.goes_on())
      pen.take(choose(pen.guide(), random));
    return pen.written();
  }
  // A thought, and then as before.
  Written think(const std::string& thought) const {
    std::mt19937 random(1);
    Pen pen(plan_.orders, *words_, kEnough);
    for (const std::string& text : {format_.thinking_begin, thought, format_.thinking_end}) {
      const bool begins = text == format_.thinking_begin;
      for (const Token token : words_->tokens(text)) {
        if (pen.guide().thinks() != begins) pen.take(token);
      }
    }
    while (pen.goes_on())
      pen.take(choose(pen.guide(), random));
    return pen.written();
  }
  static bool may_come(Guide& guide, Token token) {
    const auto allowed = guide.allowed();
    return allowed && is_allowed(*allowed, static_cast<std::size_t>(token));
  }
  Token choose(Guide& guide, std::mt19937& random) const {
    const auto allowed = guide.allowed();
    EXPECT_TRUE(allowed);
    std::vector<Token> some;
    for (std::size_t token = 0; token < words_->size(); ++token) {
      if (!is_allowed(*allowed, token)) continue;
      some.insert(some.end(), token > kEnd ? 8 : 1, static_cast<Token>(token));
    }
    EXPECT_FALSE(some.empty());
    return some.empty() ? kEnd : some[random() % some.size()];
  }
  Heard heard(const Written& written) const {
    TextAssembler whole({});
    const std::string text = whole.add(written.answer);
    return hear(format_, {text, whole.finish()}, written.rest);
  }

  std::unique_ptr<dialogue::ChatTemplate> template_;
  AnswerFormat format_;
  AnswerPlan plan_;
  std::unique_ptr<Words> words_;
};

chat::Request question(ToolKind kind) {
  chat::Request request;
  request.messages = {dialogue::testing::said(chat::Role::kUser, "Hello.")};
  request.tools = dialogue::testing::two_tools();
  request.tool_choice = {kind, kind == ToolKind::kNamed ? "add" : ""};
  return request;
}

// Documents after thoughts of any and of hardly any length, and calls.
std::vector<chat::Request> questions_of_all_kinds(bool tools) {
  std::vector<chat::Request> all;
  for (const auto kind : {chat::Constraint::Kind::kAnyObject, chat::Constraint::Kind::kSchema}) {
    chat::Request request = question(ToolKind::kAuto);
    request.tools.clear();
    request.constraint = {kind, kind == chat::Constraint::Kind::kSchema ? kObject : ""};
    all.push_back(request);
    request.thinking.tokens_max = 1;
    all.push_back(std::move(request));
  }
  if (tools) all.push_back(question(ToolKind::kRequired));
  return all;
}

std::uint32_t seed_of(std::uint32_t left, int walk) {
  return left * kWalks + static_cast<std::uint32_t>(walk);
}

TEST_P(ShortAnswers, ThatHaveToCallSayNoText) {
  if (!template_->capabilities().tools) return;
  for (const ToolKind kind : {ToolKind::kRequired, ToolKind::kNamed}) {
    prepare(question(kind));
    ASSERT_FALSE(HasFailure());
    for (std::uint32_t left = 1; left <= kFewTokens && !HasFailure(); ++left) {
      for (int walk = 0; walk < kWalks; ++walk) {
        const Written written = write(left, seed_of(left, walk));
        const Heard told = heard(written);
        EXPECT_THAT(told.warnings, ::testing::IsEmpty()) << left << ": " << written.answer;
        EXPECT_EQ(told.text, "") << left << ": " << written.answer;
      }
    }
  }
}

TEST_P(ShortAnswers, WithOneCallBesideADocumentAreEither) {
  if (!template_->capabilities().tools) return;
  chat::Request request = question(ToolKind::kAuto);
  request.constraint = {chat::Constraint::Kind::kSchema, kSchema};
  request.parallel_tool_calls = false;
  prepare(request);
  ASSERT_FALSE(HasFailure());
  for (int walk = 0; walk < 4 * kWalks; ++walk) {
    const Written written = write(kEnough, seed_of(kEnough, walk));
    const Heard told = heard(written);
    EXPECT_THAT(told.warnings, ::testing::IsEmpty()) << written.answer;
    EXPECT_LE(told.calls.size(), 1U) << written.answer;
    EXPECT_EQ(told.text, told.calls.empty() ? kDocument : "") << written.answer;
  }
}

TEST_P(ShortAnswers, AreNoLongerThanTheyMayBe) {
  for (const chat::Request& request : questions_of_all_kinds(template_->capabilities().tools)) {
    prepare(request);
    ASSERT_FALSE(HasFailure());
    for (std::uint32_t left = 1; left <= kLengths && !HasFailure(); ++left) {
      for (const Start start : {Start::kByChance, Start::kThinking})
        write(left, seed_of(left, 0), start);  // the pen looks at every step
    }
  }
}

TEST_P(ShortAnswers, ThatHaveRoomAreCalls) {
  if (!template_->capabilities().tools) return;
  for (const ToolKind kind : {ToolKind::kRequired, ToolKind::kNamed}) {
    prepare(question(kind));
    ASSERT_FALSE(HasFailure());
    for (int walk = 0; walk < kWalks; ++walk) {
      const Written written = write(kEnough, seed_of(kEnough, walk));
      const Heard told = heard(written);
      ASSERT_FALSE(told.calls.empty()) << written.answer;
      EXPECT_TRUE(kind == ToolKind::kRequired || told.calls.front().name == "add");
      for (const chat::ToolCall& call : told.calls)
        EXPECT_TRUE(json::parse(call.arguments)) << written.answer;
      EXPECT_THAT(told.warnings, ::testing::IsEmpty()) << written.answer;
      EXPECT_EQ(told.text, "") << written.answer;
    }
  }
}

TEST_P(ShortAnswers, ThatAreHeldToADocumentSayNothingElse) {
  for (const bool calls : {false, true}) {
    if (calls && !template_->capabilities().tools) return;
    chat::Request request = question(ToolKind::kAuto);
    if (!calls) request.tools.clear();
    request.constraint = {chat::Constraint::Kind::kSchema, kSchema};
    prepare(request);
    ASSERT_FALSE(HasFailure());
    for (std::uint32_t left = 1; left <= kFewTokens && !HasFailure(); ++left) {
      for (int walk = 0; walk < kWalks; ++walk) {
        const Written written = write(left, seed_of(left, walk));
        const Heard told = heard(written);
        EXPECT_THAT(told.warnings, ::testing::IsEmpty()) << left << ": " << written.answer;
        EXPECT_TRUE(kDocument.starts_with(told.text)) << told.text << " of " << written.answer;
        EXPECT_TRUE(told.text.empty() || told.calls.empty()) << written.answer;
      }
    }
  }
}

// Where calls are objects, too.
TEST_P(ShortAnswers, ThatAreObjectsBesideCallsAreEither) {
  if (!template_->capabilities().tools) return;
  chat::Request request = question(ToolKind::kAuto);
  request.constraint = {chat::Constraint::Kind::kSchema, kObject};
  prepare(request);
  ASSERT_FALSE(HasFailure());
  for (std::uint32_t left = 1; left <= 2 * kFewTokens && !HasFailure(); ++left) {
    for (int walk = 0; walk < kWalks; ++walk) {
      const Written written = write(left, seed_of(left, walk));
      const Heard told = heard(written);
      EXPECT_THAT(told.warnings, ::testing::IsEmpty()) << left << ": " << written.answer;
      EXPECT_TRUE(told.text.empty() || told.calls.empty()) << written.answer;
      EXPECT_TRUE(told.text.empty() || told.text.front() == '{') << written.answer;
    }
  }
}

// Texts at which some families' readers take thinking for ended.
TEST_P(ShortAnswers, AreCallsWhateverIsThoughtOfBefore) {
  if (!template_->capabilities().tools) return;
  prepare(question(ToolKind::kRequired));
  if (format_.thinking_end.empty() || format_.parser == nullptr) return;
  for (const std::string& mark : format_.parser->marks()) {
    const Written written = think("So " + mark + " so.");
    const Heard told = heard(written);
    EXPECT_FALSE(told.calls.empty()) << written.answer;
    EXPECT_EQ(told.text, "") << written.answer;
    EXPECT_THAT(told.thinking, ::testing::StartsWith("So")) << written.answer;
  }
}

chat::Request begun(chat::Request request, const std::string& text) {
  request.messages.push_back(dialogue::testing::said(chat::Role::kAssistant, text));
  request.continue_last = true;
  return request;
}

// There a text has a frame of its own, and no call is read within it.
const std::set<std::string>& families_that_refuse() {
  static const std::set<std::string> families = {"CohereForAI-c4ai-command-r-plus-tool_use",
                                                 "CohereForAI-c4ai-command-r7b-12-2024-tool_use",
                                                 "Cohere2MoE",
                                                 "meetkai-functionary-medium-v3.2",
                                                 "muse-glimmer",
                                                 "openai-gpt-oss-120b"};
  return families;
}

// What cannot be is refused before anything is written.
TEST_P(ShortAnswers, ThatHaveToCallGoOnFromAnyTextOrAreRefused) {
  if (!template_->capabilities().tools) return;
  for (const char* text : {"Sure. ", "if (x <", "{", "[", "<"}) {
    const chat::Request request = begun(question(ToolKind::kRequired), text);
    prepare(request);
    ASSERT_FALSE(HasFailure());
    const auto can = go_on(request, plan_.orders);
    EXPECT_TRUE(can || families_that_refuse().contains(GetParam())) << text;
    if (!can) {
      using Part = chat::RequestPart;
      EXPECT_EQ(can.error().code, Code::kInvalidArgument) << can.error().message;
      EXPECT_EQ(chat::find_part(can.error().context), Part{Part::Kind::kToolChoice});
      continue;
    }
    for (int walk = 0; walk < kWalks; ++walk) {
      const Written written = write(kEnough, seed_of(kEnough, walk));
      const Heard told = heard(written);
      ASSERT_FALSE(told.calls.empty()) << text << "|" << written.answer;
      EXPECT_THAT(told.warnings, ::testing::IsEmpty()) << text << "|" << written.answer;
      EXPECT_EQ(told.text, "") << text << "|" << written.answer;
    }
  }
}

// Where the family reads a call there at all.
TEST_P(ShortAnswers, GoOnWithACallThatWasBegun) {
  if (!template_->capabilities().tools) return;
  prepare(question(ToolKind::kRequired));
  const std::string call = shortest_call();
  for (const ToolKind kind : {ToolKind::kRequired, ToolKind::kAuto}) {
    for (const std::size_t cut : {call.size() / 2, call.size() - 1}) {
      const chat::Request request = begun(question(kind), call.substr(0, cut));
      const bool free = kind == ToolKind::kAuto;
      if (free && template_->render(request)->format.grammar.text.empty()) continue;
      prepare(request);
      ASSERT_FALSE(HasFailure());
      if (!go_on(request, plan_.orders) || plan_.orders.begun.empty()) continue;
      const Written written = write(kEnough, seed_of(kEnough, 1));
      const Heard told = heard(written);
      ASSERT_FALSE(told.calls.empty()) << call.substr(0, cut) << "|" << written.answer;
      EXPECT_NE(told.calls.front().name, "");
      EXPECT_TRUE(json::parse(told.calls.front().arguments)) << told.calls.front().arguments;
      // Where a call is not all that is wanted, text may follow it.
      EXPECT_TRUE(free || told.text.empty()) << call.substr(0, cut) << "|" << written.answer;
      EXPECT_TRUE(written.answer.ends_with(told.text)) << written.answer << "|" << told.text;
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& byte : name) {
    if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Templates, ShortAnswers,
                         ::testing::ValuesIn(dialogue::testing::known_templates()), name_of);

}  // namespace
}  // namespace hearth::engine
