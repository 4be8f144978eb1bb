#include "store/pull/patient_web.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/pull/testing/faulty_web.h"

namespace hearth::store {
namespace {

using testing::Act;
using testing::FaultyWeb;
using Kind = Act::Kind;

class Reply : public net::WebSink {
 public:
  Result<void> begin(const net::WebHead& head) override {
    statuses.push_back(head.status);
    return {};
  }
  Result<void> take(std::string_view bytes) override {
    body += bytes;
    return {};
  }
  std::vector<int> statuses;
  std::string body;
};

class PatientWebTest : public ::testing::Test {
 protected:
  PatientWebTest() { options_.first_pause_ms = 1; }

  Result<void> fetch(unsigned attempts = 3) {
    options_.attempts = attempts;
    PatientWeb patient(web_, options_, [this](const std::string&, std::int64_t pause_ms) {
      pauses_ms_.push_back(pause_ms);
      if (cancels_) cancel_.cancel();
    });
    net::WebRequest request;
    request.url = "https://hub.example/api";
    return patient.fetch(request, reply_, cancel_.token());
  }

  FaultyWeb web_{"the answer"};
  DownloadOptions options_;
  Reply reply_;
  base::CancelSource cancel_;
  bool cancels_ = false;
  std::vector<std::int64_t> pauses_ms_;
};

TEST_F(PatientWebTest, AsksAgainWhatCanBeRightTheNextTime) {
  web_.then({Kind::kStatus, 503, ""});
  web_.then({Kind::kStatus, 429, "1"});
  ASSERT_TRUE(fetch());
  EXPECT_THAT(reply_.statuses, ::testing::ElementsAre(200));
  EXPECT_EQ(reply_.body, "the answer");
  ASSERT_EQ(pauses_ms_.size(), 2U);
  EXPECT_EQ(pauses_ms_[1], 1000) << "as long as the server wants";
}

TEST_F(PatientWebTest, ShowsTheLastAnswerWhateverItIs) {
  for (int i = 0; i < 3; ++i)
    web_.then({Kind::kStatus, 503, ""});
  ASSERT_TRUE(fetch());
  EXPECT_THAT(reply_.statuses, ::testing::ElementsAre(503));
}

TEST_F(PatientWebTest, AsksOnceWhatWillNotChange) {
  web_.then({Kind::kStatus, 404, ""});
  ASSERT_TRUE(fetch());
  EXPECT_THAT(reply_.statuses, ::testing::ElementsAre(404));
  web_.then({Kind::kRefuse, 0, ""});
  EXPECT_EQ(fetch().error().code, Code::kPermissionDenied);
  EXPECT_EQ(web_.requests().size(), 2U);
}

TEST_F(PatientWebTest, GivesAnAnswerThatBeganNoSecondBeginning) {
  web_.then({Kind::kCut, 4, ""});
  EXPECT_EQ(fetch().error().code, Code::kUnavailable);
  EXPECT_EQ(reply_.body, "the ");
  EXPECT_EQ(web_.requests().size(), 1U);
}

TEST_F(PatientWebTest, APauseHearsTheCancellation) {
  cancels_ = true;
  web_.then({Kind::kStatus, 503, "100"});
  EXPECT_EQ(fetch().error().code, Code::kCancelled);
}

}  // namespace
}  // namespace hearth::store
