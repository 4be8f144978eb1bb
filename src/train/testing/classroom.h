// A small model, conversations and a job to teach it them, in a folder of their own. For tests.
#pragma once

#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "train/testing/seeds.h"
#include "train/trainer.h"

namespace hearth::train::testing {

inline std::string ember_template() {
  std::ifstream file(HEARTH_EMBER_FOLDER "/chat_template.jinja");
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Classroom {
 public:
  explicit Classroom(const std::string& family = "llama") {
    SeedModel seed = small_seed(family);
    seed.chat_template = ember_template();
    const auto written = write_seed_model(seed, model());
    EXPECT_TRUE(written) << written.error().message;
  }

  std::string model() const { return folder_.path() + "/seed.gguf"; }
  std::string at(const std::string& name) const { return folder_.path() + "/" + name; }
  void write(const std::string& name, const std::string& text) { folder_.write(name, text); }

  // Conversations of one question and one answer.
  void write_questions(std::size_t count) {
    const char* words[] = {"thin", "thief", "thing", "other", "clock", "name", "add", "return"};
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string word = words[i % 8];
      const std::string number = std::to_string(i);
      lines += R"({"messages":[{"role":"user","content":"what is )" + word + " " + number +
               R"(?"},{"role":"assistant","content":"the )" + word + " is " +
               words[(i * 5 + i / 8) % 8] + "\"}]}\n";
    }
    write("chats.jsonl", lines);
  }

  // Two ways to say one of so many things: a word, and in which place of a list it stands.
  void write_pairs(std::size_t count) {
    const char* words[] = {"thin", "thief", "thing", "other", "clock", "name", "add", "return"};
    const char* others[] = {"one", "two", "three", "four", "five", "six", "seven", "eight"};
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = i * 5 % 8;
      lines += R"({"query":"the )" + std::string(words[at]) + " is " + words[i / 8 % 8] +
               R"(","document":")" + others[at] + R"( of them","not":[")" + others[(at + 1) % 8] +
               R"( of them"]})" + "\n";
    }
    write("pairs.jsonl", lines);
  }

  // To be changed before it is used.
  Job job(const std::string& name) const {
    Job job;
    job.model = model();
    job.data = {at("chats.jsonl")};
    job.out = at(name + ".gguf");
    job.work = at(name + ".work");
    job.out_type = OutType::kF32;
    job.validation_share = 0;
    job.batch_tokens = 256;
    job.warmup_steps = 4;
    job.decay_share = 0;
    job.learning_rate = 3e-3;
    job.threads = 2;
    return job;
  }

 private:
  base::testing::TemporaryFolder folder_;
};

// What a training tells goes nowhere.
inline Report silent() {
  static std::FILE* nowhere = std::fopen("/dev/null", "w");
  return Report(nowhere);
}

inline Result<Ending> train(const Job& job) {
  const std::atomic<bool> stop = false;
  const auto trainer = HEARTH_TRY(Trainer::create(job, silent(), stop));
  return trainer->run();
}

}  // namespace hearth::train::testing
