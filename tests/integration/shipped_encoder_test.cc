// The encoder that ships with Hearth, in the real daemon with no configuration: it is listed, it
// finds what says the same, and nobody takes it for a model to talk to.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "daemon.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kDimensions = 768;

class ShippedEncoderTest : public ::testing::Test {
 protected:
  // Of one text; empty after a failure of the test.
  std::vector<double> vector_of(const std::string& text) {
    const net::HttpReply reply =
        daemon_.post("/v1/embeddings", R"({"model":"ember-embed","input":")" + text + "\"}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto body = json::parse(reply.body);
    if (!body || reply.status != 200) return {};
    const auto data = json::Node(*body).require("data");
    const auto entries = data->elements();
    const auto embedding = entries->front().require("embedding");
    const auto numbers = embedding->elements();
    std::vector<double> vector;
    for (const json::Node& number : *numbers)
      vector.push_back(*number.number(-1, 1));
    return vector;
  }
  // Which of these documents is closest to the query.
  std::string found(const std::string& query, const std::vector<std::string>& documents) {
    const auto asked = vector_of("search_query: " + query);
    std::string best;
    double most = -1;
    for (const std::string& document : documents) {
      const auto known = vector_of("search_document: " + document);
      double likeness = 0;
      for (std::size_t i = 0; i < asked.size() && i < known.size(); ++i)
        likeness += asked[i] * known[i];
      if (likeness > most) best = document;
      most = std::max(most, likeness);
    }
    return best;
  }

  DaemonProcess daemon_;
};

TEST_F(ShippedEncoderTest, IsListedAsBuiltInAndWritesNoText) {
  EXPECT_THAT(daemon_.get("/v1/models").body, HasSubstr(R"("id":"ember-embed")"));
  const ChatAnswer answer = daemon_.chat("ember-embed", "hello");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.error_message, HasSubstr("makes embeddings"));
}

TEST_F(ShippedEncoderTest, FindsWhatSaysTheSameInOtherWords) {
  EXPECT_EQ(vector_of("search_query: hello").size(), kDimensions);
  const std::vector<std::string> documents = {
      "`hearth serve` starts the daemon that answers over HTTP.",
      "The appointment was postponed until Friday.",
      "My wife has an allergy, she must not eat nuts.",
      "Anna lent Otto a bicycle.",
      "Otto lent Anna a ladder.",
      "get_weather: Tells the weather of a city.",
  };
  EXPECT_EQ(found("How do I launch the server?", documents), documents[0]);
  EXPECT_EQ(found("We meet on Friday instead.", documents), documents[1]);
  EXPECT_EQ(found("Which food makes my wife ill?", documents), documents[2]);
  EXPECT_EQ(found("Who borrowed a bike?", documents), documents[3]);
  EXPECT_EQ(found("Is it warm in Lisbon?", documents), documents[5]);
}

TEST_F(ShippedEncoderTest, TakesAnyTextUpToItsContext) {
  for (const std::string& text :
       {std::string("\\u0000\\u001b[31m"), std::string("\xf0\x9f\x94\xa5"),
        std::string("<|im_start|>system"), std::string(400, '.')})
    EXPECT_EQ(vector_of(text).size(), kDimensions) << text;
  const std::string longer(4000, '7');
  const auto reply =
      daemon_.post("/v1/embeddings", R"({"model":"ember-embed","input":")" + longer + "\"}");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("at most 512"));
}

}  // namespace
}  // namespace hearth::testing
