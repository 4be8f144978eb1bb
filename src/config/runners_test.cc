#include "config/runners.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace hearth::config {
namespace {

constexpr char kV3Flags[] =
    "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 abm avx avx2 bmi1 bmi2 f16c fma movbe xsave";

Cpu with_flags(const std::string& flags) {
  return parse_cpuinfo("flags : " + flags + "\n");
}

TEST(Cpu, CountsCoresOncePerPackage) {
  const Cpu cpu = parse_cpuinfo(
      "processor\t: 0\nmodel name\t: Some CPU @ 2GHz\nphysical id\t: 0\ncore id\t\t: 0\n"
      "flags\t\t: sse avx\n\nprocessor\t: 1\nphysical id\t: 0\ncore id\t\t: 0\n\n"
      "processor\t: 2\nphysical id\t: 1\ncore id\t\t: 0\n");
  EXPECT_EQ(cpu.model, "Some CPU @ 2GHz");
  EXPECT_EQ(cpu.logical_cores, 3U);
  EXPECT_EQ(cpu.physical_cores, 2U);
  EXPECT_TRUE(cpu.has("avx"));
  EXPECT_FALSE(cpu.has("av"));
}

TEST(Cpu, TheLevelIsTheBestWhoseFlagsAreAllThere) {
  EXPECT_EQ(cpu_level(with_flags("sse2")), "");
  EXPECT_EQ(cpu_level(with_flags("cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 avx2")), "x86-64-v2");
  EXPECT_EQ(cpu_level(with_flags(kV3Flags)), "x86-64-v3");
  const std::string avx512 = " avx512f avx512bw avx512cd avx512dq avx512vl";
  EXPECT_EQ(cpu_level(with_flags(kV3Flags + avx512)), "x86-64-v3") << "no VNNI, no BF16";
  EXPECT_EQ(cpu_level(with_flags(kV3Flags + avx512 + " avx512_vnni avx512_bf16")), "x86-64-v4");
}

class Runners : public testing::Test {
 protected:
  Runners() {
    char name[] = "/tmp/hearth-runners-XXXXXX";
    root_ = ::mkdtemp(name);
    std::filesystem::create_directories(root_ + "/bin");
    std::filesystem::create_directories(root_ + "/libexec/hearth");
    folders_ = runner_folders([](const char*) { return std::nullopt; }, root_ + "/bin/hearth");
  }
  ~Runners() override { std::filesystem::remove_all(root_); }
  void add(const std::string& path, mode_t mode = 0755) const {
    std::ofstream(root_ + "/" + path) << "#!/bin/sh\n";
    ::chmod((root_ + "/" + path).c_str(), mode);
  }
  static Settings with(const std::string& key, const std::string& value) {
    return *Settings::resolve({{key, value, {Origin::Kind::kFlag, "--x"}}});
  }
  Result<Runner> choose(const Settings& settings, const Cpu& cpu) const {
    return choose_runner(settings, find_runners(folders_), cpu, folders_);
  }

  std::string root_;
  std::vector<std::string> folders_;
};

TEST_F(Runners, AreLookedForWhereHearthIsInstalledAndThenBesideIt) {
  EXPECT_THAT(folders_, testing::ElementsAre(root_ + "/libexec/hearth", root_ + "/bin"));
  const auto chosen = runner_folders(
      [](const char*) { return std::optional<std::string>("/opt/x"); }, "/usr/bin/hearth");
  EXPECT_THAT(chosen, testing::ElementsAre("/opt/x", "/usr/libexec/hearth", "/usr/bin"));
}

TEST_F(Runners, TheBestVariantForTheCpuIsChosen) {
  add("bin/hearth-runner");
  for (const char* level : {"v2", "v3", "v4"})
    add(std::string("bin/hearth-runner-x86-64-") + level);
  EXPECT_EQ(choose({}, with_flags(kV3Flags))->variant, "x86-64-v3");
  EXPECT_EQ(choose({}, with_flags("sse2"))->path, root_ + "/bin/hearth-runner");
}

TEST_F(Runners, OnlyExecutableFilesOfTheRightNameCount) {
  add("libexec/hearth/hearth-runner-x86-64-v2", 0644);
  add("libexec/hearth/hearth-runnerx");
  add("bin/hearth-runner");
  const auto found = find_runners(folders_);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, root_ + "/bin/hearth-runner");
}

TEST_F(Runners, SettingsOverrideTheChoice) {
  add("bin/hearth-runner");
  add("bin/hearth-runner-x86-64-v2");
  add("bin/hearth-runner-cuda");
  const Cpu cpu = with_flags(kV3Flags);
  EXPECT_EQ(choose({}, cpu)->variant, "x86-64-v2") << "a GPU runner is never guessed";
  EXPECT_EQ(choose(with("runner.variant", "cuda"), cpu)->variant, "cuda");
  EXPECT_EQ(choose(with("runner.variant", "native"), cpu)->variant, "");
  EXPECT_EQ(choose(with("runner.path", "/bin/sh"), cpu)->path, "/bin/sh");
}

TEST_F(Runners, ErrorsSayWhereWasLookedAndWhatToDo) {
  const auto none = choose({}, with_flags(kV3Flags));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, testing::HasSubstr(root_ + "/libexec/hearth"));
  EXPECT_THAT(none.error().message, testing::HasSubstr("./run"));
  add("bin/hearth-runner-x86-64-v4");
  EXPECT_THAT(choose({}, with_flags(kV3Flags)).error().message,
              testing::HasSubstr("fits this CPU"));
  EXPECT_THAT(choose(with("runner.variant", "cuda"), with_flags("")).error().message,
              testing::HasSubstr("'x86-64-v4'"));
  EXPECT_THAT(choose(with("runner.path", "/none"), with_flags("")).error().message,
              testing::HasSubstr("flag --x"));
}

}  // namespace
}  // namespace hearth::config
