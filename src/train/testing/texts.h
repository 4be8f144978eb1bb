// Texts that are hard to cut, for tests: letters, digits, signs, spaces and line ends in every
// order, and of what is beyond ASCII a letter, a digit, a sign, a mark and a space.
#pragma once

#include <string>
#include <vector>

#include <rapidcheck.h>

namespace hearth::train::testing {

inline rc::Gen<std::string> ascii_texts() {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{
      "a",    "B",    "the", " ",  "  ",  "\n", "\r\n", "\t", "1",  "42",
      ".",    "...",  "'",   "'s", "'RE", "\"", "{\"",  "_",  " (", std::string(1, '\0'),
      "\x1b", "\x7f", "ing", "x"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& each : pieces)
                          text += each;
                        return text;
                      });
}

inline rc::Gen<std::string> texts() {
  const auto beyond = rc::gen::elementOf(
      std::vector<std::string>{"\u00e9", "\u6c34", "\u00b2", "\u0663", "\u2026", "\u2019", "\u0301",
                               "\u00a0", "\u2028", "\U0001F525", "\u00ad", "\U000E0041"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                          rc::gen::oneOf(ascii_texts(), rc::Gen<std::string>(beyond))),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& each : pieces)
                          text += each;
                        return text;
                      });
}

}  // namespace hearth::train::testing
