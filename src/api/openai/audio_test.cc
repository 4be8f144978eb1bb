#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using net::testing::RawReply;
using ::testing::HasSubstr;

class Audio : public ::testing::Test {
 protected:
  Audio() { face_.provider.set_models({{.name = "m"}}); }
  RawReply send(const std::string& parts,
                const std::string& type = "multipart/form-data; boundary=b") {
    return face_.send("POST", "/v1/audio/transcriptions", parts + "--b--\r\n",
                      "Content-Type: " + type + "\r\n");
  }
  static std::string part(const std::string& name, const std::string& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content +
           "\r\n";
  }

  const std::string file_ = part("file", "RIFF");
  Face face_;
};

TEST_F(Audio, IsRefusedClearlyWhileNoModelHears) {
  const RawReply reply = send(file_ + part("model", "m") + part("response_format", "text") +
                              part("temperature", "0.5") + part("language", "en"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr(R"({"error":{"message":"the model \"m\" cannot hear,)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("type":"invalid_request_error","param":"model",)"));
  EXPECT_EQ(face_
                .send("POST", "/v1/audio/translations", file_ + part("model", "m") + "--b--\r\n",
                      "Content-Type: multipart/form-data; boundary=b\r\n")
                .status,
            400);
}

TEST_F(Audio, TakesListsAndWhatStandsBeforeTheForm) {
  const RawReply reply = send("for old programs\r\n" + file_ + part("model", "m") +
                              part("include[]", "logprobs") + part("include[]", "x"));
  EXPECT_THAT(reply.body, HasSubstr("cannot hear"));
}

TEST_F(Audio, KnowsWhatModelsThereAre) {
  const RawReply reply = send(file_ + part("model", "whisper-1"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr(R"("param":"model","code":"model_not_found")"));
}

TEST_F(Audio, ReadsItsFormAllTheSame) {
  const std::pair<std::string, const char*> kWrong[] = {
      {part("model", "m"), "file"},
      {file_, "model"},
      {file_ + part("response_format", "mp3"), "response_format"},
      {file_ + part("temperature", "warm"), "temperature"},
      {file_ + part("temperature", "2"), "temperature"},
      {file_ + part("voice", "x"), "voice"},
      {file_ + part("model", "m") + part("model", "m"), "model"},
      {file_ + file_ + part("model", "m"), "file"},
  };
  for (const auto& [parts, field] : kWrong) {
    const RawReply reply = send(parts);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, HasSubstr(std::string(R"("param":")") + field + "\"")) << parts;
  }
  EXPECT_THAT(send("{}", "application/json").body, HasSubstr("multipart/form-data"));
}

}  // namespace
}  // namespace hearth::api::openai
