#include "api/ollama/names.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "api/testing/scripted_provider.h"

namespace hearth::api::ollama {
namespace {

TEST(OllamaNames, AlwaysHaveATag) {
  EXPECT_EQ(shown_name("ember"), "ember:latest");
  EXPECT_EQ(shown_name("qwen2.5:0.5b"), "qwen2.5:0.5b");
  EXPECT_EQ(shown_name("Qwen/Qwen2.5-GGUF"), "Qwen/Qwen2.5-GGUF:latest");
  EXPECT_EQ(shown_name("localhost:5000/me/model"), "localhost:5000/me/model:latest");
}

TEST(OllamaNames, LeadBackToWhatIsHere) {
  boost::asio::io_context loop;
  testing::ScriptedProvider provider(loop);
  provider.set_models({{"ember", 1, 1}, {"mine:latest", 1, 1}, {"both", 1, 1}, {"both:latest", 1}});
  EXPECT_EQ(own_name("ember:latest", provider), "ember");
  EXPECT_EQ(own_name("Ember:latest", provider), "ember");
  EXPECT_EQ(own_name("ember", provider), "ember");
  EXPECT_EQ(own_name("mine:latest", provider), "mine:latest");
  EXPECT_EQ(own_name("both:latest", provider), "both:latest");
  EXPECT_EQ(own_name("other:latest", provider), "other:latest");
  EXPECT_EQ(own_name("ember:0.5b", provider), "ember:0.5b");
}

}  // namespace
}  // namespace hearth::api::ollama
