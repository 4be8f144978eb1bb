// What a template writes around the texts of messages, kept by the roles of the messages and the
// tools: most conversations of a training have one of a few forms, and putting texts between what
// is known is several times faster than running a template.
//
// Only for texts that a template can hardly do anything with but write them: not empty, no space at
// their ends, and none of the characters that marks of models begin with. That they are written as
// they are is checked where a form comes for the second time, from when on its parts are kept, and
// for every kChecked-th after it.
//
// Threads: thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "chat/request.h"
#include "dialogue/chat_template.h"

namespace hearth::train {

inline constexpr std::uint64_t kChecked = 64;

class Frames {
 public:
  // Texts with any of the characters that special texts begin with are left to the template.
  Frames(const dialogue::ChatTemplate& chat_template,
         const std::vector<std::string>& special_texts);

  // What the template gives for the request, where that is known without asking it.
  Result<std::optional<std::string>> write(const chat::Request& request);
  // A check found another text than the template's: nothing that was written is to be trusted.
  bool failed() const { return failed_; }

 private:
  // One part more than there are messages; none when the template does not write texts as they are.
  using Parts = std::vector<std::string>;

  bool takes(const chat::Request& request) const;
  Result<std::shared_ptr<const Parts>> find(const chat::Request& request);
  Result<std::shared_ptr<const Parts>> make(const chat::Request& request) const;

  const dialogue::ChatTemplate& template_;
  std::string marks_;
  base::Mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Parts>> known_ GUARDED_BY(mutex_);
  std::unordered_set<std::uint64_t> met_ GUARDED_BY(mutex_);  // digests of forms that came once
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<bool> failed_ = false;
};

}  // namespace hearth::train
