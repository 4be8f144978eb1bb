#include "engine/prefix/span_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine::prefix {
namespace {

SpanHeader header() {
  return {"model", "alice", 2, {10, 11, 12, 13}, 0, {0, 0}};
}

TEST(SpanFile, ReadsBackWhatWasWritten) {
  SpanHeader written = header();
  const std::string bytes = encode_header(written, "the state");
  EXPECT_EQ(header_bytes(bytes).value(), bytes.size());
  const auto read = decode_header(bytes + "the state", "model");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->scope, "alice");
  EXPECT_EQ(read->first, 2U);
  EXPECT_EQ(read->tokens, (std::vector<Token>{10, 11, 12, 13}));
  EXPECT_TRUE(check_state(*read, "the state").has_value());
}

TEST(SpanFile, AnyFlippedBitOfTheHeaderIsFound) {
  SpanHeader written = header();
  const std::string good = encode_header(written, "the state");
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_header(bad, "model").has_value()) << "bit " << bit;
  }
}

TEST(SpanFile, AnyCutIsFound) {
  SpanHeader written = header();
  const std::string good = encode_header(written, "the state");
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(decode_header(good.substr(0, size), "model").has_value()) << size;
}

RC_GTEST_PROP(SpanFile, AnotherStateIsFound, (const std::string& state, const std::string& other)) {
  RC_PRE(state != other);
  SpanHeader written = header();
  encode_header(written, state);
  RC_ASSERT(check_state(written, state).has_value());
  RC_ASSERT(!check_state(written, other).has_value());
}

TEST(SpanFile, OfAnotherModelIsNone) {
  SpanHeader written = header();
  const auto read = decode_header(encode_header(written, ""), "another");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Code::kNotFound);
}

TEST(SpanFile, IsNamedByAllThatTellsItApart) {
  const std::string name = file_name(header());
  SpanHeader other = header();
  other.scope = "bob";
  EXPECT_NE(file_name(other), name);
  other = header();
  other.tokens.back() = 99;
  EXPECT_NE(file_name(other), name);
  other = header();
  other.first = 1;
  EXPECT_NE(file_name(other), name);
  other = header();
  other.state_bytes = 7;
  EXPECT_EQ(file_name(other), name);
}

}  // namespace
}  // namespace hearth::engine::prefix
