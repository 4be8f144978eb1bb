// Takes one answer to a thread that fetches: judges its head, and writes what follows where it
// belongs. While more comes than can be written at once, it is gathered: fewer and larger writes
// are what lets several connections reach what one would.
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

  // Writes what is still gathered. After the last piece, however the answer ended; then the errand
  // has gone on as far as it could.
  void finish();
  // What it has refused, and why.
  const std::optional<Fault>& fault() const { return fault_; }
  // Nothing: what has arrived is all that this answer was to bring.
  std::optional<Fault> missing() const;

 private:
  Failure refuse(Fault fault);
  Result<void> write_gathered();

  Transfer& transfer_;
  Errand& errand_;
  std::string host_ = "the server";
  std::uint64_t at_ = 0;   // where the next piece belongs
  std::uint64_t end_ = 0;  // 0: nobody knows
  std::string gathered_;   // what stands before at_ and is not written yet
  std::optional<Fault> fault_;
};

}  // namespace hearth::store
