#include "dialogue/history.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace hearth::dialogue {
namespace {

using chat::History;
using chat::Message;
using chat::Role;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

using Places = std::vector<std::size_t>;

// "s" and "d" are the system's, "u" a user's, "a" an assistant's message, "c" one that calls the
// tool "1", and "t" the result of that call; capitals take 100 tokens, the others 10.
struct Conversation {
  explicit Conversation(const std::string& letters) {
    for (const char letter : letters) {
      add(static_cast<char>(std::tolower(letter)), std::isupper(letter) != 0 ? 100 : 10);
    }
  }

  void add(char letter, std::uint32_t size) {
    Message message;
    if (letter == 's') message.role = Role::kSystem;
    if (letter == 'a' || letter == 'c') message.role = Role::kAssistant;
    if (letter == 'c') message.tool_calls = {{.id = "1", .name = "look", .arguments = "{}"}};
    if (letter == 't') message.role = Role::kTool;
    if (letter == 't') message.tool_call_id = "1";
    messages.push_back(message);
    tokens.push_back(size);
  }

  Places kept(std::uint32_t tokens_max, History history) const {
    return kept_messages(messages, tokens, tokens_max, history);
  }

  std::vector<Message> messages;
  std::vector<std::uint32_t> tokens;
};

TEST(History, ConversationThatFitsStaysWhole) {
  EXPECT_THAT(Conversation("suaua").kept(50, History::kDropOldest), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(Conversation("suaua").kept(50, History::kMiddleOut), ElementsAre(0, 1, 2, 3, 4));
}

TEST(History, KeepKeepsWhatDoesNotFit) {
  EXPECT_THAT(Conversation("suau").kept(1, History::kKeep), ElementsAre(0, 1, 2, 3));
}

TEST(History, OldestTurnsGoWholeAndTheSystemStays) {
  EXPECT_THAT(Conversation("suauau").kept(40, History::kDropOldest), ElementsAre(0, 3, 4, 5));
  EXPECT_THAT(Conversation("suauau").kept(39, History::kDropOldest), ElementsAre(0, 5));
  EXPECT_THAT(Conversation("uasuau").kept(40, History::kDropOldest), ElementsAre(2, 3, 4, 5));
}

TEST(History, MiddleOutKeepsTheFirstTurnAndTheLatest) {
  EXPECT_THAT(Conversation("suauauau").kept(40, History::kMiddleOut), ElementsAre(0, 1, 2, 7));
  EXPECT_THAT(Conversation("suauauau").kept(60, History::kMiddleOut),
              ElementsAre(0, 1, 2, 5, 6, 7));
}

TEST(History, MiddleOutKeepsTheLatestWhereTheFirstTurnIsTooLong) {
  EXPECT_THAT(Conversation("sUauauau").kept(60, History::kMiddleOut),
              ElementsAre(0, 3, 4, 5, 6, 7));
}

TEST(History, SystemAndLastMessageStayWhateverTheyTake) {
  EXPECT_THAT(Conversation("SuaU").kept(1, History::kDropOldest), ElementsAre(0, 3));
  EXPECT_THAT(Conversation("SuaU").kept(1, History::kMiddleOut), ElementsAre(0, 3));
}

TEST(History, ResultStaysWithItsCallAndTheQuestionOfBoth) {
  EXPECT_THAT(Conversation("uauct").kept(30, History::kDropOldest), ElementsAre(2, 3, 4));
  EXPECT_THAT(Conversation("uauct").kept(1, History::kDropOldest), ElementsAre(2, 3, 4));
}

TEST(History, ResultThatCameAfterAnotherQuestionStillHoldsItsCall) {
  EXPECT_THAT(Conversation("uaucutu").kept(60, History::kDropOldest), ElementsAre(2, 3, 4, 5, 6));
  EXPECT_THAT(Conversation("uaucutu").kept(40, History::kDropOldest), ElementsAre(6));
}

TEST(History, InALongLastTurnOldCallsGoAndTheQuestionStays) {
  EXPECT_THAT(Conversation("uauctctct").kept(50, History::kDropOldest), ElementsAre(2, 5, 6, 7, 8));
  EXPECT_THAT(Conversation("uauctctct").kept(50, History::kMiddleOut), ElementsAre(2, 3, 4, 7, 8));
}

TEST(History, GreetingBeforeTheFirstQuestionGoesFirst) {
  EXPECT_THAT(Conversation("aUauau").kept(140, History::kMiddleOut), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(Conversation("auaU").kept(120, History::kMiddleOut), ElementsAre(1, 2, 3));
}

TEST(History, ConversationWithoutAnyQuestionIsCutByAnswers) {
  EXPECT_THAT(Conversation("aaaa").kept(20, History::kDropOldest), ElementsAre(2, 3));
  EXPECT_THAT(Conversation("aaaa").kept(20, History::kMiddleOut), ElementsAre(0, 3));
}

TEST(History, NothingAndOnlyTheSystemAreFine) {
  EXPECT_THAT(Conversation("").kept(0, History::kDropOldest), ElementsAre());
  EXPECT_THAT(Conversation("ss").kept(0, History::kMiddleOut), ElementsAre(0, 1));
}

TEST(History, SizesThatAddUpToMoreThan32BitsAreNotMisread) {
  Conversation long_one("");
  for (const char letter : std::string("uauau"))
    long_one.add(letter, 4'000'000'000);
  EXPECT_THAT(long_one.kept(4'294'967'295, History::kDropOldest), ElementsAre(4));
}

// --- any conversation, any limit

TEST(FewerMessages, AreAsManyAsCanStay) {
  // Looking token by token for where the next one goes would take a minute.
  Conversation talk("suauau");
  talk.tokens = {1, 2'000'000'000, 7, 1'000'000'000, 8, 500'000'000};
  std::uint32_t budget = 4'000'000'000;
  const auto five = fewer_messages(talk.messages, talk.tokens, 6, History::kDropOldest, budget);
  EXPECT_EQ(five, (Places{0, 3, 4, 5}));
  EXPECT_EQ(budget, 3'500'000'015U);
  const auto two = fewer_messages(talk.messages, talk.tokens, 4, History::kDropOldest, budget);
  EXPECT_EQ(two, (Places{0, 5}));
  EXPECT_EQ(budget, 1'500'000'008U);
  EXPECT_EQ(fewer_messages(talk.messages, talk.tokens, 2, History::kDropOldest, budget),
            std::nullopt);
}

struct Case {
  Conversation talk{""};
  std::uint32_t tokens_max = 0;
  History history = History::kDropOldest;

  std::uint64_t tokens_of(const Places& places) const {
    return std::accumulate(
        places.begin(), places.end(), std::uint64_t{0},
        [this](std::uint64_t sum, std::size_t place) { return sum + talk.tokens[place]; });
  }
  bool is(std::size_t place, Role role) const { return talk.messages[place].role == role; }
};

// Calls and results with ids of their own, some without a call, in any order.
Case any_case(History history) {
  Case made;
  made.history = history;
  const auto letters =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("suuaaccttt")));
  for (const char letter : letters) {
    made.talk.add(letter, *rc::gen::inRange<std::uint32_t>(0, 30));
    auto& message = made.talk.messages.back();
    const auto id = std::to_string(*rc::gen::inRange(0, 4));
    if (letter == 'c') message.tool_calls.front().id = id;
    if (letter == 't') message.tool_call_id = id;
  }
  made.tokens_max = *rc::gen::inRange<std::uint32_t>(0, 300);
  return made;
}

// Where the call that a result answers stands: the latest before it.
std::size_t call_of(const Case& given, std::size_t result) {
  for (std::size_t i = result; i-- > 0;) {
    for (const auto& call : given.talk.messages[i].tool_calls) {
      if (call.id == given.talk.messages[result].tool_call_id) return i;
    }
  }
  return result;
}

bool has(const Places& places, std::size_t place) {
  return std::binary_search(places.begin(), places.end(), place);
}

// Where turns begin: at a user's message, unless a result would stand apart from its call; the
// first one earlier, when a call before the first question is answered after it.
Places turn_begins(const Case& given) {
  const auto parts = [&](std::size_t place) {
    for (std::size_t i = place; i < given.talk.messages.size(); ++i) {
      if (given.is(i, Role::kTool) && call_of(given, i) < place) return true;
    }
    return false;
  };
  Places begins;
  for (std::size_t i = 0; i < given.talk.messages.size(); ++i) {
    if (!given.is(i, Role::kUser)) continue;
    if (!parts(i)) begins.push_back(i);
    if (begins.empty()) begins.push_back(0);
  }
  return begins;
}

void check_rules(const Case& given, const Places& kept) {
  const auto count = given.talk.messages.size();
  RC_ASSERT(std::is_sorted(kept.begin(), kept.end()));
  RC_ASSERT(std::set<std::size_t>(kept.begin(), kept.end()).size() == kept.size());
  std::size_t last = count;
  for (std::size_t i = 0; i < count; ++i) {
    if (given.is(i, Role::kSystem)) RC_ASSERT(has(kept, i));
    if (!given.is(i, Role::kSystem)) last = i;
    if (given.is(i, Role::kTool)) RC_ASSERT(has(kept, i) == has(kept, call_of(given, i)));
  }
  if (last < count) RC_ASSERT(has(kept, last));
}

void check_questions(const Case& given, const Places& kept) {
  std::size_t question = given.talk.messages.size();
  for (std::size_t i = 0; i < given.talk.messages.size(); ++i) {
    if (given.is(i, Role::kUser)) question = i;
    if (given.is(i, Role::kAssistant) && question < i) {
      RC_ASSERT(!has(kept, i) || has(kept, question));
    }
  }
}

// Every conversation that cutting whole turns can leave: the system's messages, turns of the
// beginning where the strategy keeps them, and turns of the end.
std::vector<Places> whole_cuts(const Case& given) {
  const auto begins = turn_begins(given);
  std::vector<Places> cuts;
  for (std::size_t front = 0; front < begins.size(); ++front) {
    for (std::size_t back = front; back < begins.size(); ++back) {
      Places cut;
      for (std::size_t i = 0; i < given.talk.messages.size(); ++i) {
        const bool in_front = i >= begins.front() && i < begins[front];
        if (given.is(i, Role::kSystem) || in_front || i >= begins[back]) cut.push_back(i);
      }
      cuts.push_back(cut);
    }
    if (given.history == History::kDropOldest) break;
  }
  return cuts;
}

void check_sizes(const Case& given, const Places& kept) {
  const auto least = given.talk.kept(0, given.history);
  RC_ASSERT(given.tokens_of(kept) <= given.tokens_max || kept == least);
  if (kept.size() == given.talk.messages.size()) return;
  bool fits_whole = false;
  bool is_whole = false;
  for (const auto& cut : whole_cuts(given)) {
    if (given.tokens_of(cut) > given.tokens_max) continue;
    fits_whole = true;
    is_whole = is_whole || cut == kept;
    const bool more = cut.size() > kept.size();
    RC_ASSERT(!more || !std::includes(cut.begin(), cut.end(), kept.begin(), kept.end()));
  }
  RC_ASSERT(fits_whole == is_whole);
}

TEST(History, EveryCutFollowsTheRulesAndNoLargerOneFits) {
  EXPECT_TRUE(rc::check("the rules hold", [] {
    for (const auto history : {History::kDropOldest, History::kMiddleOut}) {
      const auto given = any_case(history);
      const auto kept = given.talk.kept(given.tokens_max, history);
      check_rules(given, kept);
      check_questions(given, kept);
      check_sizes(given, kept);
    }
  }));
}

TEST(History, WithMoreRoomDropOldestKeepsAllThatItKept) {
  EXPECT_TRUE(rc::check("it only grows", [] {
    const auto given = any_case(History::kDropOldest);
    const auto kept = given.talk.kept(given.tokens_max, given.history);
    const auto more = given.talk.kept(given.tokens_max + 1, given.history);
    RC_ASSERT(std::includes(more.begin(), more.end(), kept.begin(), kept.end()));
  }));
}

}  // namespace
}  // namespace hearth::dialogue
