// What lists tell of each model beside its name: its family, its size in parameters, how it is
// quantised. That stands in the model's file, which is read once, and again when it has changed.
//
// Ownership: borrows the control.
// Threads:   confined to the loop.
// Limits:    kDetailsMax models are remembered.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/hearth/control.h"
#include "fleet/fit/model_sheet.h"
#include "json/writer.h"
#include "provider/provider.h"

namespace hearth::api::ollama {

namespace asio = boost::asio;

inline constexpr std::size_t kDetailsMax = 10'000;

struct Details {
  std::string parent;
  std::string family;
  std::string parameter_size;  // "3.2B"
  std::string quantisation;    // "Q4_K_M"
  std::uint32_t context = 0;   // that it was trained for
  std::uint32_t embedding = 0;
  std::vector<std::string> capabilities;  // in Ollama's words
};

Details details_of(const fleet::ModelSheet& sheet);
// The member "details" of an object that is open.
void write_details(json::Writer& json, const Details& details);
// "398.4M", "3.2B".
std::string parameter_size(std::uint64_t parameters);
// Of the file; where nobody knows that, of what it is called and when it was written: clients want
// some, and tell models by it.
std::string digest_of(const provider::ModelEntry& model);

class ModelDetails {
 public:
  explicit ModelDetails(const Control& control) : control_(control) {}

  // Nothing in particular of a model whose file cannot be read.
  asio::awaitable<Details> find(const provider::ModelEntry& model);

 private:
  struct Known {
    std::int64_t modified_ms = 0;
    bool with_capabilities = false;
    Details details;
  };
  const Control& control_;
  std::map<std::string, Known> known_;  // by name and size
};

}  // namespace hearth::api::ollama
