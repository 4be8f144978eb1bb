#include "cli/finetune/chat_file.h"

#include <cerrno>
#include <climits>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/fnv.h"
#include "chat/request.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli::finetune {

namespace {

constexpr std::size_t kBlockBytes = base::kMiB;
constexpr std::uint64_t kMix = 0x100000001b3U;

Result<std::string> absolute_file(const std::string& path) {
  char absolute[PATH_MAX];
  struct stat status{};
  if (::realpath(path.c_str(), absolute) == nullptr || ::stat(absolute, &status) != 0)
    return fail(base::errno_error(errno, "cannot read the conversations in '" + path + "'", path));
  if (S_ISREG(status.st_mode)) return std::string(absolute);
  return fail(Code::kInvalidArgument, "'" + path +
                                          "' is no file; conversations are read more than once, "
                                          "so a pipe or a folder does not do");
}

Result<Answers> check_messages(const std::vector<json::Node>& messages) {
  Answers answers = Answers::kNone;
  for (const json::Node& message : messages) {
    if (!message.is_object()) return fail(message.wrong("must be an object"));
    const json::Node role_field = HEARTH_TRY(message.require("role"));
    const std::string_view word = HEARTH_TRY(role_field.text());
    const auto role = chat::find_role(word);
    if (!role) return fail(role_field.wrong("must be system, user, assistant or tool"));
    const auto content = message.find("content");
    if (!content && !message.find("tool_calls") && !message.find("reasoning_content"))
      return fail(message.wrong("has no content"));
    if (content && !content->is_array()) HEARTH_TRY(content->text());
    if (*role == chat::Role::kAssistant) answers = Answers::kSome;
  }
  return answers;
}

// Takes a file's bytes as they come, and looks at its first lines.
class Reader {
 public:
  explicit Reader(std::string path) { file_.path = std::move(path); }

  Result<void> take(std::string_view block) {
    file_.bytes += block.size();
    file_.digest = (file_.digest ^ base::fnv1a(block)) * kMix;
    while (!block.empty()) {
      const std::size_t end = block.find('\n');
      add(block.substr(0, end));
      if (line_.size() > kChatBytesMax) return fail(wrong("the line has more than 16 MiB"));
      if (end == std::string_view::npos) return {};
      HEARTH_TRY(end_line());
      block.remove_prefix(end + 1);
    }
    return {};
  }

  Result<ChatFile> finish() {
    HEARTH_TRY(end_line());
    if (file_.chats == 0) {
      return fail(Code::kInvalidArgument, fmt::format("there is no conversation in '{}'; a line of "
                                                      "it is, for example:\n  {}",
                                                      file_.path, kExampleLine));
    }
    if (answers_ == Answers::kNone) {
      return fail(Code::kInvalidArgument,
                  fmt::format("none of the first {} conversations in '{}' has an answer to learn, "
                              "which is a message of the role assistant; for example:\n  {}",
                              checked_, file_.path, kExampleLine));
    }
    return file_;
  }

 private:
  void add(std::string_view part) {
    const bool is_empty = part.find_first_not_of(" \t\r") == std::string_view::npos;
    has_text_ = has_text_ || !is_empty;
    if (checked_ < kLinesChecked) line_ += part;
  }

  Result<void> end_line() {
    if (has_text_) {
      ++file_.chats;
      if (checked_ < kLinesChecked) HEARTH_TRY(check());
    }
    ++number_;
    has_text_ = false;
    line_.clear();
    return {};
  }

  Result<void> check() {
    const auto answers = check_chat(line_);
    if (!answers) return fail(wrong(answers.error().message));
    if (*answers == Answers::kSome) answers_ = Answers::kSome;
    ++checked_;
    return {};
  }

  Error wrong(const std::string& what) const {
    return make_error(Code::kInvalidArgument,
                      fmt::format("{}:{}: {}\nEach line is a conversation, for example:\n  {}",
                                  file_.path, number_, what, kExampleLine));
  }

  ChatFile file_;
  std::string line_;  // as far as it is known, while lines are checked
  bool has_text_ = false;
  std::uint64_t number_ = 1;  // of the line at hand
  std::size_t checked_ = 0;
  Answers answers_ = Answers::kNone;
};

}  // namespace

Result<Answers> check_chat(std::string_view line) {
  const boost::json::value value = HEARTH_TRY(json::parse(line));
  const json::Node root(value);
  if (!root.is_object()) return fail(root.wrong("must be an object with messages"));
  const json::Node field = HEARTH_TRY(root.require("messages"));
  const auto messages = HEARTH_TRY(field.elements());
  if (messages.empty()) return fail(field.wrong("must not be empty"));
  return check_messages(messages);
}

Result<ChatFile> look_at_chats(const std::string& path) {
  Reader reader(HEARTH_TRY(absolute_file(path)));
  const Fd file = HEARTH_TRY(base::open_for_reading(path));
  std::string block(kBlockBytes, '\0');
  while (true) {
    const ::ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(base::errno_error(errno, "cannot read '" + path + "'", path));
    if (count == 0) return reader.finish();
    HEARTH_TRY(reader.take(std::string_view(block).substr(0, static_cast<std::size_t>(count))));
  }
}

}  // namespace hearth::cli::finetune
