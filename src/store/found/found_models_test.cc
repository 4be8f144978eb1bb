#include "store/found/found_models.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalog.h"
#include "store/found/look.h"
#include "store/holder_words.h"
#include "store/testing/other_programs.h"

namespace hearth::store {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FoundModelsTest : public ::testing::Test {
 protected:
  // The same model with all three.
  void lay_out_everywhere() {
    others_.ollama_model("hf.co/o/r/Q8_0", {{"model", "of ollama"}});
    others_.lm_studio_file("o/r/m-Q8_0.gguf", "of lm studio");
    const std::string repository = others_.hub_repository("o", "r");
    others_.hub_ref(repository, "main");
    others_.hub_file(repository, "m-Q8_0.gguf", "of the hub");
  }
  Catalog catalog() const {
    return Catalog(others_.root() + "/own", {}, others_.root() + "/aliases.txt", others_.places());
  }
  Holder holder_of_it() const { return catalog().find_model("o/r:Q8_0")->holder; }

  testing::OtherPrograms others_;
};

TEST_F(FoundModelsTest, OneNameIsOneModelOfTheFirstThatHasIt) {
  lay_out_everywhere();
  const auto listed = catalog().list();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].holder, Holder::kOllama);
  EXPECT_EQ(holder_of_it(), Holder::kOllama);
  std::filesystem::remove_all(others_.ollama());
  EXPECT_EQ(holder_of_it(), Holder::kLmStudio);
  std::filesystem::remove_all(others_.lm_studio());
  EXPECT_EQ(holder_of_it(), Holder::kHubCache);
  std::filesystem::remove_all(others_.hub());
  EXPECT_EQ(catalog().find_model("o/r:Q8_0").error().code, Code::kNotFound);
}

TEST_F(FoundModelsTest, WhatIsBrokenWithOneIsTakenFromTheNext) {
  lay_out_everywhere();
  std::filesystem::remove_all(others_.ollama() + "/blobs");
  EXPECT_EQ(holder_of_it(), Holder::kLmStudio);
  std::filesystem::remove_all(others_.lm_studio());
  std::filesystem::remove_all(others_.hub());
  const auto broken = catalog().find_model("o/r:Q8_0");
  EXPECT_EQ(broken.error().code, Code::kCorrupt);
  EXPECT_THAT(broken.error().message, HasSubstr("Ollama's 'o/r:Q8_0' cannot be used in place"));
}

TEST_F(FoundModelsTest, OurOwnHidesWhatOthersHold) {
  lay_out_everywhere();
  others_.ollama_model("registry.ollama.ai/library/alpha/latest", {{"model", "x"}});
  others_.write(others_.root() + "/own/ALPHA:latest.gguf", "own");
  const auto listed = catalog().list();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].holder, Holder::kFolder);
  EXPECT_EQ(catalog().find_model("alpha:latest")->holder, Holder::kFolder);
  EXPECT_EQ(catalog().find_model("alpha")->holder, Holder::kOllama);
}

TEST_F(FoundModelsTest, AnAliasMeansWhatOthersHold) {
  lay_out_everywhere();
  others_.write(others_.root() + "/aliases.txt", "mine = o/r\n");
  EXPECT_EQ(catalog().find_model("mine")->name, "o/r:Q8_0");
  EXPECT_EQ(catalog().find_model("MINE:q8_0")->name, "o/r:Q8_0");
}

TEST_F(FoundModelsTest, WhoHasNothingElseIsToldWhatOthersHold) {
  lay_out_everywhere();
  EXPECT_THAT(catalog().find_model("unknown").error().message, HasSubstr("there are: o/r:Q8_0"));
  others_.write(others_.root() + "/own/mine.gguf", "own");
  EXPECT_THAT(catalog().find_model("unknown").error().message,
              HasSubstr("there are: mine, o/r:Q8_0. Get one"));
  EXPECT_THAT(catalog().find_model("o/r:Q8_1").error().message,
              HasSubstr("did you mean 'o/r:Q8_0'? there are: mine"));
}

TEST_F(FoundModelsTest, OnlySoManyAreToldAsThereIsRoomFor) {
  for (int i = 0; i < 9; ++i)
    others_.lm_studio_file("o/r" + std::to_string(i) + "/m-Q8_0.gguf", "x");
  EXPECT_THAT(catalog().find_model("unknown").error().message,
              AllOf(HasSubstr("o/r7:Q8_0 and more. Get"), Not(HasSubstr("o/r8"))));
}

TEST_F(FoundModelsTest, EveryNameThatIsListedFindsItsModel) {
  lay_out_everywhere();
  others_.ollama_model("registry.ollama.ai/library/alpha/7b", {{"model", "a"}});
  others_.ollama_model("registry.ollama.ai/someone/beta/latest", {{"model", "b"}});
  others_.ollama_model("registry.example/team/gamma/v1", {{"model", "c"}});
  others_.lm_studio_file("o/two/one-Q8_0.gguf", "d");
  others_.lm_studio_file("o/two/below/two-Q8_0.gguf", "e");
  others_.lm_studio_file("o/plain/my model.gguf", "f");
  for (const char* odd : {"o/plain/мой.gguf", "o/plain/a:b.gguf", "o/two words/m.gguf", "o/m.gguf",
                          "o/plain/1/2/3/4/5/deep.gguf"})
    others_.lm_studio_file(odd, "nobody can say its name");
  const auto listed = catalog().list();
  EXPECT_EQ(listed.size(), 7U);
  for (const ModelFile& model : listed) {
    const auto found = catalog().find_model(model.name);
    ASSERT_TRUE(found) << model.name << ": " << found.error().message;
    EXPECT_EQ(found->path, model.path) << model.name;
  }
}

TEST_F(FoundModelsTest, WhatOllamaHoldsHasItsNameThereToo) {
  lay_out_everywhere();
  others_.ollama_model("registry.ollama.ai/library/alpha/latest", {{"model", "x"}});
  others_.write(others_.root() + "/own/alpha:latest.gguf", "own");
  for (const char* name : {"ollama:alpha", "ollama:alpha:latest", "ollama:library/ALPHA"}) {
    const auto found = catalog().find_model(name);
    ASSERT_TRUE(found) << name << ": " << found.error().message;
    EXPECT_EQ(found->holder, Holder::kOllama) << name;
    EXPECT_TRUE(catalog().has_model(name)) << name;
  }
  EXPECT_EQ(catalog().find_model("ollama:hf.co/o/r:Q8_0")->name, "o/r:Q8_0");
  std::filesystem::remove_all(others_.ollama() + "/manifests/hf.co");
  EXPECT_EQ(catalog().find_model("o/r:Q8_0")->holder, Holder::kLmStudio);
  EXPECT_EQ(catalog().find_model("ollama:hf.co/o/r:Q8_0").error().code, Code::kNotFound);
  EXPECT_FALSE(catalog().has_model("ollama:beta"));
}

TEST_F(FoundModelsTest, AHugeFolderIsNotLookedThroughToItsEnd) {
  const std::string many = others_.root() + "/many";
  for (int i = 0; i < 9; ++i)
    others_.write(many + "/" + std::to_string(i), "");
  const base::ManualClock clock;
  Look look(LookLimits{.entries = 7, .folder_entries = 5}, clock);
  EXPECT_EQ(look.entries(many).size(), 5U) << "as many as one folder may have";
  EXPECT_EQ(look.entries(many).size(), 2U) << "what is left of all";
  EXPECT_TRUE(look.is_over());
  EXPECT_TRUE(look.entries(many).empty());
}

TEST_F(FoundModelsTest, ALookEndsWithItsTime) {
  base::ManualClock clock;
  Look look(LookLimits{}, clock);
  lay_out_everywhere();
  EXPECT_FALSE(look.is_over());
  EXPECT_EQ(look.entries(others_.root()).size(), 3U);
  clock.advance(LookLimits{}.time);
  EXPECT_TRUE(look.is_over());
  EXPECT_TRUE(look.entries(others_.root()).empty());
}

TEST(HolderWords, ReadBackAndSayHowToRemove) {
  for (const Holder holder : {Holder::kFolder, Holder::kBuiltIn, Holder::kStore, Holder::kOllama,
                              Holder::kLmStudio, Holder::kHubCache})
    EXPECT_EQ(holder_of(holder_word(holder)), holder);
  EXPECT_EQ(holder_of("something newer"), Holder::kNobody);
  ModelFile model{"qwen2.5:0.5b", "/blob"};
  model.holder = Holder::kOllama;
  EXPECT_EQ(how_to_remove(model), "`ollama rm qwen2.5:0.5b`");
  model.name = "o/r:Q8_0";
  EXPECT_EQ(how_to_remove(model), "`ollama rm hf.co/o/r:Q8_0`");
  model.holder = Holder::kHubCache;
  EXPECT_EQ(how_to_remove(model), "`hf cache rm model/o/r`");
  model.holder = Holder::kLmStudio;
  EXPECT_THAT(how_to_remove(model), HasSubstr("'/blob'"));
}

class PlacesTest : public ::testing::Test {
 protected:
  FoundPlaces places() const {
    return places_of([this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    });
  }
  testing::OtherPrograms others_;
  std::string home_ = others_.root();
  std::map<std::string, std::string> variables_{{"HOME", home_}};
};

TEST_F(PlacesTest, AreTheUsualOnesWhereNothingIsSaid) {
  EXPECT_EQ(places().ollama.front(), home_ + "/.ollama/models");
  EXPECT_THAT(places().ollama, Contains("/usr/share/ollama/.ollama/models"));
  EXPECT_THAT(places().lm_studio,
              ElementsAre(home_ + "/.lmstudio/models", home_ + "/.cache/lm-studio/models"));
  EXPECT_THAT(places().hub_caches, ElementsAre(home_ + "/.cache/huggingface/hub"));
}

TEST_F(PlacesTest, AreWhatTheVariablesOfThoseProgramsSay) {
  variables_["OLLAMA_MODELS"] = "\"/srv/ollama/\"";
  variables_["HF_HOME"] = "~/hf";
  variables_["HF_HUB_CACHE"] = home_ + "/hf/hub/";
  variables_["LLAMA_CACHE"] = "/srv/llama";
  variables_["XDG_CACHE_HOME"] = "relative";
  EXPECT_EQ(places().ollama.front(), "/srv/ollama");
  EXPECT_THAT(places().hub_caches,
              ElementsAre(home_ + "/hf/hub", home_ + "/.cache/huggingface/hub", "/srv/llama"));
}

TEST_F(PlacesTest, FollowWhereLmStudioWasMoved) {
  others_.write(home_ + "/.lmstudio-home-pointer", home_ + "/moved\n");
  others_.write(home_ + "/moved/settings.json", R"({"downloadsFolder":"/srv/models","x":1})");
  others_.write(home_ + "/.lmstudio/settings.json", "no JSON");
  EXPECT_THAT(places().lm_studio,
              ElementsAre("/srv/models", home_ + "/moved/models", home_ + "/.lmstudio/models",
                          home_ + "/.cache/lm-studio/models"));
}

TEST_F(PlacesTest, WithoutAHomeOnlyServicesAreLeft) {
  variables_.clear();
  EXPECT_TRUE(places().lm_studio.empty());
  EXPECT_TRUE(places().hub_caches.empty());
  EXPECT_FALSE(places().ollama.empty());
}

}  // namespace
}  // namespace hearth::store
