#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/messages.h"
#include "wire/socket.h"

namespace hearth::wire {
namespace {

chat::Request some_request() {
  chat::Request request;
  request.id = *rc::gen::arbitrary<std::string>();
  request.model = *rc::gen::arbitrary<std::string>();
  request.messages = {{chat::Role::kSystem, *rc::gen::arbitrary<std::string>()},
                      {chat::Role::kUser, *rc::gen::arbitrary<std::string>()}};
  if (*rc::gen::arbitrary<bool>()) request.raw_prompt = *rc::gen::arbitrary<std::string>();
  if (*rc::gen::arbitrary<bool>()) request.suffix = *rc::gen::arbitrary<std::string>();
  if (*rc::gen::arbitrary<bool>()) {
    request.sampling.seed = *rc::gen::arbitrary<std::uint64_t>();
  }
  request.sampling.repeat_last_n = *rc::gen::arbitrary<std::int32_t>();
  request.sampling.dry_sequence_breakers = *rc::gen::arbitrary<std::vector<std::string>>();
  request.sampling.mirostat = *rc::gen::element(chat::Mirostat::kOff, chat::Mirostat::kV2);
  request.sampling.logit_bias = {{*rc::gen::arbitrary<std::int32_t>(), -INFINITY}, {7, 0.5F}};
  request.stop = *rc::gen::arbitrary<std::vector<std::string>>();
  if (*rc::gen::arbitrary<bool>()) request.logprobs = *rc::gen::arbitrary<std::uint32_t>();
  request.overflow = *rc::gen::element(chat::Overflow::kError, chat::Overflow::kShift);
  request.history = *rc::gen::element(chat::History::kKeep, chat::History::kMiddleOut);
  request.messages.back().thinking = *rc::gen::arbitrary<std::string>();
  request.messages.back().tool_calls = {{"call_1", *rc::gen::arbitrary<std::string>(), "{}"}};
  request.tools = {{*rc::gen::arbitrary<std::string>(), "does it", R"({"type":"object"})"}};
  request.tool_choice = {chat::ToolChoice::Kind::kNamed, *rc::gen::arbitrary<std::string>()};
  request.parallel_tool_calls = *rc::gen::arbitrary<bool>();
  request.constraint = {chat::Constraint::Kind::kSchema, *rc::gen::arbitrary<std::string>()};
  request.thinking = {chat::Thinking::Mode::kOn, *rc::gen::arbitrary<std::uint32_t>(), "low"};
  request.continue_last = *rc::gen::arbitrary<bool>();
  request.template_arguments = {{"now", *rc::gen::arbitrary<std::string>()}};
  request.max_tokens = *rc::gen::arbitrary<std::uint32_t>();
  request.deadline_ms = *rc::gen::arbitrary<std::uint32_t>();
  request.priority = *rc::gen::arbitrary<std::int32_t>();
  request.cache_scope = *rc::gen::arbitrary<std::string>();
  request.client = *rc::gen::arbitrary<std::string>();
  request.raw_tokens = *rc::gen::arbitrary<std::vector<std::int32_t>>();
  return request;
}

// Everything that a reader gives out after it was fed in pieces of `step` bytes.
std::vector<Frame> read_all(std::string_view bytes, std::size_t step) {
  FrameReader reader;
  std::vector<Frame> frames;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.substr(at, step));
    while (true) {
      auto frame = reader.next();
      RC_ASSERT(frame.has_value());
      if (!*frame) break;
      frames.push_back(std::move(**frame));
    }
  }
  return frames;
}

RC_GTEST_PROP(Wire, ARequestArrivesAsItWasSent, (std::uint32_t id)) {
  const chat::Request request = some_request();
  const auto step = static_cast<std::size_t>(*rc::gen::inRange(1, 50));
  const auto frames = read_all(*encode(id, Generate{request}), step);
  RC_ASSERT(frames.size() == 1U);
  RC_ASSERT(frames[0].request == id);
  const auto message = decode(frames[0]);
  RC_ASSERT(message.has_value());
  RC_ASSERT(std::get<Generate>(*message).request == request);
}

RC_GTEST_PROP(Wire, EveryPrefixOfAMessageIsRefusedAndNothingElseHappens, ()) {
  const std::string bytes = *encode(1, Generate{some_request()});
  const std::string payload = bytes.substr(kFrameHeaderBytes);
  const auto size =
      static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(payload.size())));
  RC_ASSERT(!decode(Frame{3, 1, payload.substr(0, size)}).has_value());
}

RC_GTEST_PROP(Wire, NoiseNeverCrashesTheDecoder, (std::uint8_t type, std::string payload)) {
  const auto message = decode(Frame{type, 1, payload});
  RC_ASSERT(message.has_value() || message.error().code == Code::kCorrupt);
}

TEST(Wire, LogprobsArriveWithTheirText) {
  const chat::TextDelta sent{
      "a", 2, {{{5, "\xE2\x82", -0.5F}, {{5, "\xE2\x82", -0.5F}, {6, "", -INFINITY}}}, {}}};
  FrameReader reader;
  reader.feed(*encode(1, Said{sent}));
  const auto message = decode(**reader.next());
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(std::get<chat::TextDelta>(std::get<Said>(*message).event), sent);
}

TEST(Wire, WhatIsToBeEmbeddedArrivesAsItWasAsked) {
  for (const chat::EmbedRequest& sent : {chat::EmbedRequest{"m", {"a", ""}, {}, 64},
                                         chat::EmbedRequest{"m", {}, {{1, -2}, {}, {3}}}}) {
    FrameReader reader;
    reader.feed(*encode(1, Embed{sent}));
    const auto message = decode(**reader.next());
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(std::get<Embed>(*message).request, sent);
  }
}

TEST(Wire, WhatIsReturnedIsReturnedWithTheNextWish) {
  for (const auto& next : {std::optional<LeaseWish>(), std::optional(LeaseWish{2, -1})}) {
    FrameReader reader;
    reader.feed(*encode(0, LeaseReturned{next}));
    const auto message = decode(**reader.next());
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(std::get<LeaseReturned>(*message).next, next);
  }
}

TEST(Wire, AMessageLargerThanAFrameComesInPieces) {
  EmbeddingsReply reply;
  reply.embeddings.values.assign(700'000, 0.5F);
  const std::string bytes = *encode(9, reply);
  EXPECT_GT(bytes.size(), 2 * kFrameBytesMax);
  FrameReader reader;
  reader.feed(bytes);
  auto frame = reader.next();
  ASSERT_TRUE(frame.has_value() && frame->has_value());
  const auto message = decode(**frame);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(std::get<EmbeddingsReply>(*message).embeddings, reply.embeddings);
}

TEST(Wire, PiecesOfTwoMessagesMayAlternate) {
  const std::string big(kFrameBytesMax + 10, 'x');
  const std::string one = *encode_frames(5, 1, big);
  const std::string two = *encode_frames(5, 2, big);
  const std::size_t first_piece = kFrameHeaderBytes + kFrameBytesMax;
  FrameReader reader;
  reader.feed(one.substr(0, first_piece));
  reader.feed(two.substr(0, first_piece));
  reader.feed(one.substr(first_piece));
  reader.feed(two.substr(first_piece));
  EXPECT_EQ((*reader.next())->request, 1U);
  EXPECT_EQ((*reader.next())->payload, big);
}

TEST(Wire, AFrameThatClaimsTooMuchIsCorrupt) {
  FrameReader reader;
  reader.feed(std::string("\xFF\xFF\xFF\x7F\x03\x01\x00\x00\x00", 9));
  EXPECT_EQ(reader.next().error().code, Code::kCorrupt);
}

TEST(Wire, PiecesWithoutEndAreCorruptAndNotMemory) {
  FrameReader reader;
  std::string piece(kFrameBytesMax, 'x');
  std::size_t pieces = 0;
  while (pieces < 1000) {
    std::string frame = *encode_frames(5, 1, piece);
    frame[4] = static_cast<char>(5 | kMoreFollows);
    reader.feed(frame);
    if (!reader.next()) break;
    ++pieces;
  }
  EXPECT_EQ(pieces, kMessageBytesMax / kFrameBytesMax);
}

TEST(Wire, PiecesOfManyMessagesShareOneLimit) {
  FrameReader reader;
  const std::string piece(kFrameBytesMax, 'x');
  std::size_t pieces = 0;
  while (pieces < 1000) {
    // Every message gets two pieces, so neither their number nor the size of one is the limit.
    std::string frame = *encode_frames(5, static_cast<std::uint32_t>(pieces / 2), piece);
    frame[4] = static_cast<char>(5 | kMoreFollows);
    reader.feed(frame);
    if (!reader.next()) break;
    ++pieces;
  }
  EXPECT_EQ(pieces, kMessageBytesMax / kFrameBytesMax);
}

TEST(Wire, FinishedMessagesNoLongerCountAgainstTheLimit) {
  FrameReader reader;
  const std::string bytes = *encode_frames(5, 1, std::string(kMessageBytesMax / 2, 'x'));
  for (int i = 0; i < 4; ++i) {
    reader.feed(bytes);
    const auto frame = reader.next();
    ASSERT_TRUE(frame.has_value()) << frame.error().to_string();
    ASSERT_TRUE(frame->has_value());
  }
}

TEST(Wire, AMessageAboveTheLimitIsRefusedAndDoesNotAbort) {
  Tokenize tokenize;
  tokenize.request.text.assign(kMessageBytesMax, 'x');  // the fields around it make it too large
  const auto bytes = encode(1, tokenize);
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, Code::kInvalidArgument);
}

TEST(Wire, AnEnumOutsideItsRangeIsCorrupt) {
  const std::string bytes = *encode(1, Said{chat::Finished{}});
  std::string payload = bytes.substr(kFrameHeaderBytes);
  payload.back() = 9;
  EXPECT_FALSE(decode(Frame{67, 1, payload}).has_value());
}

std::string stats_payload(const Stats& stats) {
  return encode(1, stats)->substr(kFrameHeaderBytes);
}

RC_GTEST_PROP(Wire, WhatWasMeasuredArrivesAsItWas, ()) {
  Stats stats;
  stats.prefix_cache = *rc::gen::arbitrary<std::string>();
  stats.cached_tokens = *rc::gen::arbitrary<std::uint64_t>();
  for (const FigureField& field : kFigureFields) {
    metrics::Histogram histogram;
    for (const std::uint32_t value : *rc::gen::arbitrary<std::vector<std::uint32_t>>())
      histogram.record(value / 1000.0);
    stats.figures.*field.member = histogram.snapshot();
  }
  const auto message = decode(Frame{70, 1, stats_payload(stats)});
  RC_ASSERT(message.has_value());
  const auto& read = std::get<Stats>(*message);
  RC_ASSERT(read.prefix_cache == stats.prefix_cache);
  RC_ASSERT(read.cached_tokens == stats.cached_tokens);
  for (const FigureField& field : kFigureFields) {
    const auto& sent = stats.figures.*field.member;
    const auto& came = read.figures.*field.member;
    RC_ASSERT(came.count == sent.count);
    RC_ASSERT(came.buckets == sent.buckets);
    RC_ASSERT(came.sum == sent.sum && came.least == sent.least && came.most == sent.most);
  }
}

// The last bytes of a Stats are its last distribution: sum, least, most, and its buckets.
TEST(Wire, ADistributionThatNoHistogramHasIsCorrupt) {
  Stats stats;
  metrics::Histogram histogram;
  histogram.record(1);
  histogram.record(1000);
  stats.figures.token_ms = histogram.snapshot();
  const std::string good = stats_payload(stats);
  ASSERT_TRUE(decode(Frame{70, 1, good}).has_value());
  constexpr std::size_t kBucket = sizeof(std::uint16_t) + sizeof(std::uint64_t);
  const std::size_t last = good.size() - kBucket;
  const auto damaged = [&](std::size_t at, std::string_view bytes) {
    return decode(Frame{70, 1, std::string(good).replace(at, bytes.size(), bytes)}).has_value();
  };
  EXPECT_FALSE(damaged(last, "\xFF\xFF")) << "no such bucket";
  EXPECT_FALSE(damaged(last, {"\0\0", 2})) << "below the one before it";
  EXPECT_FALSE(damaged(last + 2, {"\0", 1})) << "a count of none";
  EXPECT_FALSE(damaged(last + 2, std::string(8, '\xFF'))) << "more than can be counted";
  const std::size_t most = last - kBucket - sizeof(std::uint32_t) - sizeof(double);
  EXPECT_FALSE(damaged(most, {"\0\0\0\0\0\0\xF0\x7F", 8})) << "infinite";
}

TEST(Wire, AHugeCountDoesNotAllocate) {
  // A Tokens list that claims 4 billion ids in 8 bytes.
  EXPECT_FALSE(decode(Frame{68, 1, std::string("\x01\0\0\0\xFF\xFF\xFF\xFF", 8)}).has_value());
}

}  // namespace
}  // namespace hearth::wire
