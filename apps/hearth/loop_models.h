// The models of this daemon as a task asks them: from a thread of the task's, with the question and
// its answer crossing to the loop and back.
//
// Ownership: borrows the loop and the provider.
// Threads:   thread-safe; ask() blocks its caller and is never called on the loop.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include "flow/models.h"
#include "provider/provider.h"

namespace hearth {

class LoopModels final : public flow::Models {
 public:
  // `prompts` is a folder whose files planner.txt, critic.txt and executor.txt stand in for what
  // roles are told otherwise; it need not be there.
  LoopModels(boost::asio::io_context& loop, provider::Provider& provider, std::string prompts)
      : loop_(loop), provider_(provider), prompts_(std::move(prompts)) {}

  Result<flow::Reply> ask(const flow::Question& question, const base::CancelToken& cancel,
                          const flow::Hearing& hear) override;
  flow::PromptBook prompts(const std::string& model) const override;

 private:
  boost::asio::io_context& loop_;
  provider::Provider& provider_;
  const std::string prompts_;
};

}  // namespace hearth
