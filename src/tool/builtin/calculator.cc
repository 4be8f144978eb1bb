#include "tool/builtin/calculator.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "tool/builtin/fraction.h"

namespace hearth::tool {

namespace {

constexpr int kExponentMax = 10'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads from left to right: a sum is of products, a product of signed powers, and a power of
// numbers or sums in brackets; a power of a power is read from its right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Fraction> read() {
    const Fraction result = HEARTH_TRY(read_sum());
    if (!at_end()) return wrong("is not understood");
    return result;
  }

 private:
  Result<Fraction> read_sum() {
    Fraction left = HEARTH_TRY(read_product());
    while (true) {
      const bool adds = take('+');
      if (!adds && !take('-')) return left;
      const Fraction right = HEARTH_TRY(read_product());
      left = HEARTH_TRY(fitting(sum(left, adds ? right : negative(right))));
    }
  }

  Result<Fraction> read_product() {
    Fraction left = HEARTH_TRY(read_signed());
    while (true) {
      const char sign = take('*') ? '*' : take('/') ? '/' : take('%') ? '%' : '\0';
      if (sign == '\0') return left;
      const Fraction right = HEARTH_TRY(read_signed());
      if (sign != '*' && right.top == 0)
        return fail(Code::kInvalidArgument, "nothing can be divided by 0");
      left =
          HEARTH_TRY(sign == '%' ? rest_of(left, right)
                                 : fitting(product(left, sign == '*' ? right : reciprocal(right))));
    }
  }

  Result<Fraction> read_signed() {
    const Nesting nesting(depth_);
    if (depth_ > kExpressionDepthMax) return fail(Code::kInvalidArgument, "it is nested too deep");
    if (take('-')) return negative(HEARTH_TRY(read_signed()));
    if (take('+')) return read_signed();
    return read_power();
  }

  Result<Fraction> read_power() {
    const Fraction base = HEARTH_TRY(read_atom());
    if (!take('^')) return base;
    const Fraction exponent = HEARTH_TRY(read_signed());
    if (exponent.bottom != 1)
      return fail(Code::kInvalidArgument, "an exponent must be a whole number");
    return power(base, exponent.top);
  }

  Result<Fraction> read_atom() {
    if (take('(')) {
      const Fraction inner = HEARTH_TRY(read_sum());
      if (!take(')')) return wrong("should be a closing bracket");
      return inner;
    }
    skip_blanks();
    std::size_t size = 0;
    std::size_t points = 0;
    while (at_ + size < text_.size() && (is_digit(text_[at_ + size]) || text_[at_ + size] == '.'))
      points += text_[at_ + size++] == '.' ? 1 : 0;
    if (size == points || points > 1) return wrong("should be a number");
    const std::string_view number = text_.substr(at_, size);
    at_ += size;
    return fitting(fraction_of(number));
  }

  static Result<Fraction> power(Fraction base, Wide exponent) {
    if (exponent < 0 && base.top == 0)
      return fail(Code::kInvalidArgument, "nothing can be divided by 0");
    if (exponent < 0) base = reciprocal(base);
    if (exponent < 0) exponent = -exponent;
    if (exponent > kExponentMax)
      return fail(Code::kInvalidArgument, fmt::format("an exponent is at most {}", kExponentMax));
    Fraction result{1, 1};
    for (Wide i = 0; i < exponent; ++i)
      result = HEARTH_TRY(fitting(product(result, base)));
    return result;
  }

  // What is left of `left` when `right` is taken from it as often as it goes in.
  static Result<Fraction> rest_of(const Fraction& left, const Fraction& right) {
    const Fraction times = HEARTH_TRY(fitting(product(left, reciprocal(right))));
    const Fraction whole = HEARTH_TRY(fitting(floor_of(times)));
    const Fraction taken = HEARTH_TRY(fitting(product(whole, right)));
    return fitting(sum(left, negative(taken)));
  }

  static Result<Fraction> fitting(const std::optional<Fraction>& number) {
    if (number) return *number;
    return fail(Code::kInvalidArgument, "a number in it gets more than 38 digits");
  }

  Failure wrong(const char* what) {
    skip_blanks();
    if (at_ >= text_.size())
      return fail(Code::kInvalidArgument, fmt::format("it ends where there {}", what));
    return fail(Code::kInvalidArgument,
                fmt::format("what stands at character {} {}", at_ + 1, what));
  }

  // Counts how deep it is while it lives.
  struct Nesting {
    explicit Nesting(int& count) : depth(count) { ++depth; }
    ~Nesting() { --depth; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    int& depth;
  };

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// Signs as they are typeset; ** is a power, too.
std::string plain_signs(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
      {"**", "^"}, {"×", "*"}, {"·", "*"}, {"÷", "/"}, {"−", "-"}};
  std::string plain(text);
  for (const auto& [from, to] : kSigns) {
    for (std::size_t at = 0; (at = plain.find(from, at)) != std::string::npos;)
      plain.replace(at, from.size(), to);
  }
  return plain;
}

}  // namespace

Result<std::string> calculate(std::string_view expression) {
  if (expression.size() > kExpressionBytesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("an expression has at most {} bytes", kExpressionBytesMax));
  }
  const std::string plain = plain_signs(expression);
  Reader reader(plain);
  return fraction_text(HEARTH_TRY(reader.read()));
}

}  // namespace hearth::tool
