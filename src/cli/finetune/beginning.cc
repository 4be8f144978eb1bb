#include "cli/finetune/beginning.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli::finetune {

namespace {

using Files = std::vector<Beginning::Data>;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kTokensMost = std::numeric_limits<std::uint32_t>::max();
constexpr int kHexadecimal = 16;

void write_files(json::Writer& json, std::string_view key, const Files& files) {
  json.key(key).open('[');
  for (const Beginning::Data& file : files) {
    json.open('{').key("path").text(file.path);
    json.key("digest").text(fmt::format("{:016x}", file.digest)).close('}');
  }
  json.close(']');
}

Result<std::string> text_of(const json::Node& node, std::string_view key) {
  const json::Node member = HEARTH_TRY(node.require(key));
  return std::string(HEARTH_TRY(member.text()));
}

Result<std::int64_t> number_of(const json::Node& node, std::string_view key, std::int64_t most) {
  const json::Node member = HEARTH_TRY(node.require(key));
  return member.integer(0, most);
}

Result<Files> read_files(const json::Node& node, std::string_view key) {
  Files files;
  const json::Node list = HEARTH_TRY(node.require(key));
  for (const json::Node& file : HEARTH_TRY(list.elements())) {
    Beginning::Data data;
    data.path = HEARTH_TRY(text_of(file, "path"));
    const std::string digits = HEARTH_TRY(text_of(file, "digest"));
    std::from_chars(digits.data(), digits.data() + digits.size(), data.digest, kHexadecimal);
    files.push_back(std::move(data));
  }
  return files;
}

Result<Beginning> read(std::string_view text) {
  const boost::json::value value = HEARTH_TRY(json::parse(text));
  const json::Node root(value);
  if (!root.is_object()) return fail(root.wrong("must be an object"));
  Beginning begun;
  begun.model = HEARTH_TRY(text_of(root, "model"));
  begun.data = HEARTH_TRY(read_files(root, "data"));
  begun.validation = HEARTH_TRY(read_files(root, "validation"));
  begun.seed = static_cast<std::uint64_t>(HEARTH_TRY(number_of(root, "seed", kMost)));
  begun.batch_tokens =
      static_cast<std::uint32_t>(HEARTH_TRY(number_of(root, "batch_tokens", kTokensMost)));
  begun.context = static_cast<std::uint32_t>(HEARTH_TRY(number_of(root, "context", kTokensMost)));
  const json::Node replace = HEARTH_TRY(root.require("may_replace"));
  begun.may_replace = HEARTH_TRY(replace.boolean());
  return begun;
}

Files files_of(const std::vector<ChatFile>& files) {
  Files found;
  for (const ChatFile& file : files)
    found.push_back({file.path, file.digest});
  return found;
}

std::string count_of(const Files& files) {
  if (files.empty()) return "not given";
  return fmt::format("{} file{}", files.size(), files.size() == 1 ? "" : "s");
}

// The names may differ: the conversations are what counts, in their order.
void compare(const Files& before, const Files& now, const std::string& what,
             std::vector<std::string>& found) {
  if (before.size() != now.size()) {
    found.push_back(fmt::format("{} was {} and is {}", what, count_of(before), count_of(now)));
    return;
  }
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (before[i].digest == now[i].digest) continue;
    found.push_back(
        before[i].path == now[i].path
            ? fmt::format("'{}' has other conversations than then", now[i].path)
            : fmt::format("'{}' has other conversations than '{}'", now[i].path, before[i].path));
  }
}

template <class T>
void compare(const T& before, const T& now, const std::string& flag,
             std::vector<std::string>& found) {
  if (before != now) found.push_back(fmt::format("{} was {} and is {}", flag, before, now));
}

}  // namespace

std::string Beginning::json() const {
  json::Writer json;
  json.open('{').key("model").text(model);
  write_files(json, "data", data);
  write_files(json, "validation", validation);
  json.key("seed").number(seed).key("batch_tokens").number(batch_tokens);
  json.key("context").number(context).key("may_replace").boolean(may_replace);
  return json.close('}').take() + "\n";
}

Result<Beginning> Beginning::parse(std::string_view json) {
  auto begun = read(json);
  if (begun) return begun;
  return fail(Code::kCorrupt, "begun.json is damaged: " + begun.error().message);
}

Beginning beginning_of(const Wishes& wishes, const Material& material) {
  Beginning begun;
  begun.model = material.model;
  begun.data = files_of(material.data);
  begun.validation = files_of(material.validation);
  begun.seed = wishes.seed;
  begun.batch_tokens = wishes.batch_tokens;
  begun.context = wishes.context;
  return begun;
}

std::vector<std::string> differences(const Beginning& before, const Beginning& now) {
  std::vector<std::string> found;
  compare(before.model, now.model, "--from", found);
  compare(before.data, now.data, "the data", found);
  compare(before.validation, now.validation, "--validation", found);
  compare(before.seed, now.seed, "--seed", found);
  compare(before.batch_tokens, now.batch_tokens, "--batch-tokens", found);
  compare(before.context, now.context, "--context", found);
  return found;
}

}  // namespace hearth::cli::finetune
