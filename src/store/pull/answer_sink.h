// Takes one answer to a thread that fetches: judges its head, and writes what follows where it
// belongs.
//
// Ownership: transfer and errand have to live longer; the errand goes on as bytes arrive.
// Threads:   confined to the thread that fetches.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/web/web.h"
#include "store/pull/range_worker.h"

namespace hearth::store {

class AnswerSink final : public net::WebSink {
 public:
  AnswerSink(Transfer& transfer, Errand& errand) : transfer_(transfer), errand_(errand) {}

  Result<void> begin(const net::WebHead& head) override;
  Result<void> take(std::string_view bytes) override;

  // What it has refused, and why.
  const std::optional<Fault>& fault() const { return fault_; }
  // Nothing: what has arrived is all that this answer was to bring.
  std::optional<Fault> missing() const;

 private:
  Failure refuse(Fault fault);

  Transfer& transfer_;
  Errand& errand_;
  std::string host_ = "the server";
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;  // 0: nobody knows
  std::optional<Fault> fault_;
};

}  // namespace hearth::store
