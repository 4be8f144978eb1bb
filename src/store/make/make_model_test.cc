#include "store/make/make_model.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/testing/temporary_folder.h"
#include "gguf/gguf_bytes_for_test.h"
#include "store/digest.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/removal.h"

namespace hearth::store {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ModelName named(const std::string& text) {
  return *ModelName::parse(text);
}

std::string model_bytes(const std::string& called = "small") {
  return gguf::small_llama().text("general.name", called).build();
}

std::string part_bytes(std::uint32_t number, std::uint32_t count) {
  return gguf::small_llama().u32("split.no", number - 1).u32("split.count", count).build();
}

std::string other_bytes(const std::string& type) {
  gguf::GgufBytes bytes;
  bytes.text("general.type", type).text("general.architecture", "llama");
  return bytes.tensor("blk.0.attn_q.weight.lora_a", {32, 4}).build();
}

class MakeModel : public ::testing::Test {
 protected:
  MakeModel() {
    fs::create_directories(store() + "/");
    fs::create_directories(outside() + "/");
  }

  std::string store() const { return folder_.path() + "/store"; }
  std::string outside() const { return folder_.path() + "/outside"; }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(outside() + "/" + name, std::ios::binary) << bytes;
    return outside() + "/" + name;
  }
  Result<MadeModel> make(const std::string& name, const std::string& modelfile) {
    auto reading = read_modelfile(modelfile);
    EXPECT_TRUE(reading) << reading.error().message;
    MakeRequest request{name, reading->modelfile, "", {}};
    request.progress = [this](const MakeProgress& progress) { told_.push_back(progress); };
    return make_model(request, catalog_, cancel_.token());
  }
  std::string error_of(const std::string& name, const std::string& modelfile) {
    const auto made = make(name, modelfile);
    return made ? "it was made" : made.error().message;
  }
  std::vector<std::string> blobs() const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(store() + "/blobs", error)) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    }
    return names;
  }
  // A model that a pull would have left.
  void install(const std::string& text, const Directions& directions = {}) {
    const std::string bytes = model_bytes(text);
    const BlobDigest digest = *digest_of_text(bytes);
    fs::create_directories(store() + "/blobs");
    std::ofstream(store() + "/" + blob_path(digest), std::ios::binary) << bytes;
    Manifest manifest{named(text), {named(text), "c0ffee", "https://hub.example"}, {}, {}, {}};
    manifest.files.push_back({FileRole::kModel, {}, digest, bytes.size(), "m.gguf"});
    manifest.licences = {"mit"};
    manifest.directions = directions;
    ASSERT_TRUE(keep_manifest(store(), manifest));
  }

  base::testing::TemporaryFolder folder_;
  Catalog catalog_{store()};
  base::CancelSource cancel_;
  std::vector<MakeProgress> told_;
};

TEST_F(MakeModel, AFileBecomesAModelOfTheStore) {
  const std::string path = write("Tiny Llama.gguf", model_bytes());
  const auto made = make("", "FROM \"" + path + "\"\nSYSTEM Be kind.");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.name.short_text(), "Tiny-Llama:latest");
  EXPECT_EQ(made->manifest.origin.name.text(), path);
  EXPECT_EQ(load_manifest(store(), named("tiny-llama"))->directions.system, "Be kind.");
  const auto found = catalog_.find_model("Tiny-Llama");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*base::load_text_file(found->path, base::kMiB), model_bytes());
  EXPECT_THAT(blobs(), ElementsAre(fs::path(found->path).filename().string()));
  ASSERT_FALSE(told_.empty());
  EXPECT_EQ(told_.back().done_bytes, model_bytes().size());
  EXPECT_EQ(told_.back().size_bytes, model_bytes().size());
}

TEST_F(MakeModel, AFileWhoseNameCannotBeAModelsWantsOne) {
  const std::string from = "FROM " + write("модель.gguf", model_bytes());
  EXPECT_THAT(error_of("", from), AllOf(HasSubstr("модель"), HasSubstr("hearth import FILE NAME")));
  EXPECT_TRUE(make("mine", from));
  EXPECT_TRUE(make("", "FROM " + write("модель-7b.gguf", model_bytes())));
  EXPECT_TRUE(catalog_.find_model("7b:latest"));
}

TEST_F(MakeModel, WhatIsNoFileIsSaidToBeNone) {
  const std::string pipe = outside() + "/pipe.gguf";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_of("x", "FROM " + pipe), HasSubstr("is a pipe, not a file"));
  EXPECT_THAT(error_of("x", "FROM " + outside() + "/none.gguf"), HasSubstr("cannot find"));
}

TEST_F(MakeModel, TheBasesFilesAreShared) {
  install("a/model:Q8_0");
  const auto before = blobs();
  const auto made = make("mine", "FROM a/model:q8_0\nPARAMETER temperature 0.1");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(blobs(), before);
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(made->manifest.origin.name, named("a/model:Q8_0"));
  EXPECT_EQ(made->manifest.origin.revision, "c0ffee");
  EXPECT_EQ(remove_model(store(), named("a/model:Q8_0"))->blobs, 0U);
  EXPECT_TRUE(catalog_.find_model("mine:latest"));
  EXPECT_EQ(remove_model(store(), named("mine"))->blobs, 1U);
}

TEST_F(MakeModel, WhatIsSaidReplacesWhatWasSaidByKind) {
  install("a/model:Q8_0", {"{{ base }}",
                           "base",
                           {{"stop", "a"}, {"stop", "b"}, {"seed", "1"}},
                           {{Speaker::kUser, "base"}}});
  const auto plain = make("plain", "FROM a/model:Q8_0");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(plain->manifest.directions, catalog_.find_model("a/model")->manifest->directions);
  const auto made = make("mine",
                         "FROM plain\nSYSTEM own\nTEMPLATE {{ own }}\nPARAMETER stop c\n"
                         "MESSAGE assistant own\nLICENSE own\nLICENSE mit");
  ASSERT_TRUE(made) << made.error().message;
  const Directions& directions = made->manifest.directions;
  EXPECT_EQ(directions.system, "own");
  EXPECT_EQ(directions.chat_template, "{{ own }}");
  EXPECT_THAT(directions.parameters, ElementsAre(Parameter{"seed", "1"}, Parameter{"stop", "c"}));
  EXPECT_THAT(directions.messages, ElementsAre(ExampleMessage{Speaker::kAssistant, "own"}));
  EXPECT_THAT(made->manifest.licences, ElementsAre("mit", "own"));
  const auto without = make("none", "FROM mine\nSYSTEM \"\"\nTEMPLATE \"\"");
  EXPECT_EQ(without->manifest.directions.system, "");
  EXPECT_EQ(without->manifest.directions.chat_template, "");
}

TEST_F(MakeModel, ATemplateInGosLanguageIsLeftOut) {
  install("a/model:Q8_0");
  const auto made = make("mine", "FROM a/model:Q8_0\nTEMPLATE {{ .Prompt }}");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->manifest.directions.chat_template, "");
  EXPECT_THAT(made->warnings, ElementsAre(HasSubstr("Go's language")));
  EXPECT_THAT(error_of("mine", "FROM a/model:Q8_0\nTEMPLATE hello"), HasSubstr("never says"));
}

TEST_F(MakeModel, WhatIsMoreThanThereIsIsTold) {
  const std::string from = "FROM " + write("m.gguf", model_bytes());
  const auto made = make("mine", from + "\nPARAMETER num_ctx 8192\nPARAMETER num_thread 1024");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->warnings, ElementsAre(HasSubstr("trained for"), HasSubstr("processors here")));
  EXPECT_THAT(made->manifest.directions.parameters, SizeIs(2)) << "elsewhere there may be more";
  const auto fits = make("mine", from + "\nPARAMETER num_ctx 1\nPARAMETER num_thread 1");
  ASSERT_TRUE(fits) << fits.error().message;
  EXPECT_THAT(fits->warnings, IsEmpty());
  const auto shared = make("more", "FROM mine\nPARAMETER num_ctx 8192");
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_THAT(shared->warnings, ElementsAre(HasSubstr("trained for")));
}

TEST_F(MakeModel, AFolderIsItsModelAndProjector) {
  write("model.gguf", model_bytes());
  write("mmproj.gguf", other_bytes("mmproj"));
  write("lora.gguf", other_bytes("adapter"));
  write("notes.txt", "words");
  const auto made = make("mine", "FROM " + outside() + "\nADAPTER " + outside() + "/lora.gguf");
  ASSERT_TRUE(made) << made.error().message;
  const auto found = catalog_.find_model("mine");
  EXPECT_THAT(found->projectors, SizeIs(1));
  EXPECT_THAT(found->adapters, SizeIs(1));
  EXPECT_EQ(told_.back().files, 3U);
}

TEST_F(MakeModel, OnePartBringsTheOthers) {
  write("m-00001-of-00002.gguf", part_bytes(1, 2));
  const std::string second = write("m-00002-of-00002.gguf", part_bytes(2, 2));
  const auto made = make("", "FROM " + second);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->manifest.name.short_text(), "m:latest");
  EXPECT_EQ(made->manifest.origin.name.text(), outside() + "/m-00001-of-00002.gguf");
  EXPECT_THAT(catalog_.find_model("m")->more_parts, SizeIs(1));
  fs::remove(second);
  EXPECT_THAT(error_of("m", "FROM " + outside() + "/m-00001-of-00002.gguf"),
              HasSubstr("m-00002-of-00002.gguf"));
}

TEST_F(MakeModel, AdaptersAndProjectorsComeToABaseOfTheStore) {
  install("a/model:Q8_0");
  const std::string lora = write("lora.gguf", other_bytes("adapter"));
  const std::string from = "FROM a/model:Q8_0\n";
  ASSERT_TRUE(make(
      "mine", from + "ADAPTER " + lora + "\nFROM " + write("mmproj.gguf", other_bytes("mmproj"))));
  EXPECT_THAT(catalog_.find_model("mine")->adapters, SizeIs(1));
  EXPECT_THAT(catalog_.find_model("mine")->projectors, SizeIs(1));
  ASSERT_TRUE(make("again", "FROM mine\nADAPTER " + lora));
  EXPECT_THAT(catalog_.find_model("again")->adapters, SizeIs(1));
  const std::string model = write("model.gguf", model_bytes());
  EXPECT_THAT(error_of("x", from + "ADAPTER " + model), HasSubstr("is no adapter"));
  EXPECT_THAT(error_of("x", "FROM " + lora), HasSubstr("write ADAPTER"));
  EXPECT_THAT(error_of("x", from + "FROM " + model), HasSubstr("made of one"));
  EXPECT_THAT(error_of("x", from + "FROM mine"), HasSubstr("made of one"));
}

TEST_F(MakeModel, WhatIsNoModelIsRefusedBeforeAnythingIsCopied) {
  const std::string wrong = write("wrong.gguf", "these are no weights");
  EXPECT_THAT(error_of("x", "FROM " + wrong), HasSubstr("wrong.gguf"));
  EXPECT_THAT(error_of("x", "FROM " + outside() + "/none.gguf"), HasSubstr("none.gguf"));
  EXPECT_THAT(error_of("x", "FROM ./relative.gguf"), HasSubstr("absolute path"));
  EXPECT_THAT(error_of("x", "FROM nobody/has-it"), HasSubstr("no model is called"));
  EXPECT_THAT(error_of("x", "FROM /dev"), HasSubstr("no .gguf file"));
  EXPECT_THAT(error_of("x", "FROM /dev/zero"), HasSubstr("/dev/zero"));
  fs::remove(wrong);
  write("model.safetensors", "x");
  EXPECT_THAT(error_of("x", "FROM " + outside()), HasSubstr("convert the model to GGUF"));
  fs::remove(outside() + "/model.safetensors");
  write("a.gguf", model_bytes("a"));
  write("b.gguf", model_bytes("b"));
  EXPECT_THAT(error_of("x", "FROM " + outside()),
              AllOf(HasSubstr("2 models"), HasSubstr("a.gguf")));
  EXPECT_THAT(blobs(), IsEmpty());
}

TEST_F(MakeModel, ANameThatMeansAnotherThingIsNotTaken) {
  install("a/model:Q8_0");
  std::ofstream(store() + "/Own.gguf") << model_bytes();
  const std::string from = "FROM a/model:Q8_0";
  EXPECT_THAT(error_of("a/model:q8_0", from), HasSubstr("hearth rm a/model:Q8_0"));
  EXPECT_THAT(error_of("own", from), HasSubstr("a file of the models folder"));
  EXPECT_THAT(error_of("qwen2.5-7b-instruct", from), HasSubstr("is short for"));
  EXPECT_THAT(error_of("./mine", from), HasSubstr("no name for a model"));
  EXPECT_THAT(error_of("https://x.example/m.gguf", from), HasSubstr("no name for a model"));
  EXPECT_THAT(error_of("", from), HasSubstr("needs a name"));
  ASSERT_TRUE(make("mine", from));
  const auto again = make("mine:latest", from + "\nSYSTEM new");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(catalog_.find_model("mine")->manifest->directions.system, "new");
}

TEST_F(MakeModel, AModelOfOnesOwnStaysSoUnderTheNameOfWhatItWasMadeOf) {
  install("a/model:Q8_0");
  ASSERT_TRUE(make("mine", "FROM a/model:Q8_0\nSYSTEM Be brief."));
  ASSERT_TRUE(remove_model(store(), named("a/model:Q8_0")));
  ASSERT_TRUE(make("a/model:Q8_0", "FROM mine"));
  EXPECT_EQ(owner_of(*load_manifest(store(), named("a/model:Q8_0"))), Owner::kUser);
  const auto again = make("a/model:Q8_0", "FROM mine\nSYSTEM Be long.");
  ASSERT_TRUE(again) << again.error().message;
}

TEST_F(MakeModel, MoreThanCanBeLoadedIsRefusedBeforeAnythingIsCopied) {
  const std::string from = "FROM " + write("m.gguf", model_bytes()) + "\n";
  const auto lines = [](const std::string& line, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += line + std::to_string(i) + "\n";
    return text;
  };
  const std::string lora = write("lora", other_bytes("adapter"));
  for (int i = 0; i < 9; ++i)
    write("lora" + std::to_string(i), other_bytes("adapter") + std::to_string(i));
  EXPECT_THAT(error_of("x", from + lines("PARAMETER stop s", 17)),
              AllOf(HasSubstr("17"), HasSubstr("at most 16")));
  EXPECT_THAT(error_of("x", from + lines("ADAPTER " + lora, 9)),
              AllOf(HasSubstr("9 adapters"), HasSubstr("at most 8")));
  EXPECT_THAT(blobs(), IsEmpty());
  ASSERT_TRUE(make("x", from + lines("PARAMETER stop s", 16) + lines("ADAPTER " + lora, 8)));
  EXPECT_THAT(error_of("y", "FROM x\nADAPTER " + lora), HasSubstr("at most 8"));
}

TEST_F(MakeModel, ABuiltInModelIsCopiedAndChecked) {
  const std::string bytes = model_bytes();
  write("spark.gguf", bytes);
  const auto with = [&](const std::string& sha256) {
    return Catalog(store(), {outside(), {{"spark", sha256}}});
  };
  catalog_ = with(digest_of_text(bytes)->hex());
  const auto made = make("mine", "FROM spark\nSYSTEM Be brief.");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(error_of("spark", "FROM spark"), HasSubstr("ships with Hearth"));
  catalog_ = with(std::string(kDigestDigits, 'a'));
  EXPECT_THAT(error_of("other", "FROM spark"), HasSubstr("not what it has to be"));
  EXPECT_THAT(blobs(), SizeIs(1));
}

TEST_F(MakeModel, WhenCalledOffItLeavesNothing) {
  const std::string path = write("m.gguf", model_bytes());
  cancel_.cancel();
  EXPECT_EQ(make("mine", "FROM " + path).error().code, Code::kCancelled);
  EXPECT_THAT(blobs(), IsEmpty());
  EXPECT_FALSE(catalog_.find_model("mine"));
}

TEST_F(MakeModel, ABaseWhoseFileIsCutOffIsNoBase) {
  install("a/model:Q8_0");
  fs::resize_file(catalog_.find_model("a/model")->path, 100);
  EXPECT_THAT(error_of("mine", "FROM a/model:Q8_0"), HasSubstr("hearth verify"));
}

}  // namespace
}  // namespace hearth::store
