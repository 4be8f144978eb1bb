#include "dialogue/jinja_watch.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace hearth::dialogue {

namespace {

using jinja::cast_val;
using jinja::context;
using jinja::is_val;
using jinja::mk_val;
using jinja::value;

thread_local Watch* watching = nullptr;

Error too_much(std::string what) {
  return make_error(Code::kResourceExhausted, std::move(what));
}

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const value& without_name(const value& argument) {
  const auto* named = cast_val<jinja::value_kwarg>(argument);
  return named != nullptr ? named->val : argument;
}

std::string text_of(const value& of) {
  return is_val<jinja::value_string>(of) ? of->val_str.str() : std::string();
}

// Of the least integer, too, which has no counterpart.
std::size_t magnitude(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  return number < 0 ? 0 - bits : bits;
}

std::size_t count(const std::string& text, const std::string& part) {
  if (part.empty()) return text.size() + 1;
  std::size_t times = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
    ++times;
  return times;
}

// The elements, an attribute of each, or the keys or the values of an object.
std::vector<value> compared_by_sort(const std::vector<value>& arguments) {
  const value& list = arguments[0];
  value attribute = arguments.size() > 3 ? without_name(arguments[3]) : value();
  bool by_value = false;
  for (const value& argument : arguments) {
    const auto* named = cast_val<jinja::value_kwarg>(argument);
    if (named != nullptr && named->key == "attribute") attribute = named->val;
    by_value = by_value || text_of(without_name(argument)) == "value";
  }
  std::vector<value> compared;
  value none = mk_val<jinja::value_none>();
  for (const value& element : list->val_arr) {
    const bool at_key = attribute != nullptr && is_val<jinja::value_string>(attribute) &&
                        is_val<jinja::value_object>(element);
    const bool at_place = attribute != nullptr && is_val<jinja::value_int>(attribute) &&
                          is_val<jinja::value_array>(element);
    if (at_key) {
      compared.push_back(element->at(attribute, none));
    } else {
      compared.push_back(at_place ? element->at(attribute->as_int(), none) : element);
    }
  }
  for (const auto& [key, member] : list->val_obj)
    compared.push_back(by_value ? member : key);
  return compared;
}

}  // namespace

// What is called: a function of the engine, or a macro, with the value that it is called on.
struct Watch::Call {
  context& ctx;
  const std::string& name;
  const std::vector<value>& arguments;

  bool has(std::size_t at) const { return arguments.size() > at; }
  const value& at(std::size_t place) const { return without_name(arguments[place]); }
};

Watch::Watch(const Allowance& allowance, base::CancelToken cancel)
    : stack_(static_cast<const char*>(__builtin_frame_address(0))),
      allowance_(allowance),
      cancel_(std::move(cancel)),
      outer_(std::exchange(watching, this)) {}

Watch::~Watch() {
  watching = outer_;
}

Watch& Watch::current() {
  HEARTH_ASSERT(watching != nullptr);
  return *watching;
}

void Watch::step(context& ctx, std::size_t steps) {
  if (stopped_) stop(ctx, *stopped_);
  if (steps_ >= next_look_) {
    if (cancel_.cancelled()) stop(ctx, make_error(Code::kCancelled, "cancelled"));
    next_look_ = steps_ + kStepsBetweenLooks;
  }
  steps_ += std::min(steps, allowance_.steps + 1);
  if (steps_ > allowance_.steps)
    stop(ctx, too_much("takes more than " + std::to_string(allowance_.steps) + " steps"));
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  if (std::abs(stack_ - here) > static_cast<std::ptrdiff_t>(kStackBytesMax))
    stop(ctx, too_much("is nested too deep, or calls itself without end"));
}

void Watch::take_bytes(context& ctx, std::uint64_t bytes) {
  bytes_ += std::min<std::uint64_t>(bytes, allowance_.bytes + 1);
  if (bytes_ > allowance_.bytes) {
    stop(ctx, too_much("makes texts of more than " + std::to_string(allowance_.bytes) +
                       " bytes in all"));
  }
}

value Watch::taken(context& ctx, value made) {
  if (is_val<jinja::value_string>(made)) {
    const std::size_t bytes = text_bytes(made);
    take_bytes(ctx, bytes + (made->val_str.parts.size() * kPartBytes));
    if (bytes >= kTextStepBytes) step(ctx, bytes / kTextStepBytes);
  } else if (!made->val_arr.empty() || !made->val_obj.empty()) {
    const std::size_t size = made->val_arr.size() + (8 * made->val_obj.size());
    take_bytes(ctx, size * kElementBytes);
    if (size >= kStepNodes) step(ctx, size / kStepNodes);
  }
  return made;
}

value Watch::grown(context& ctx, value made, const value& beginning) {
  if (!is_val<jinja::value_string>(beginning) || !is_val<jinja::value_string>(made))
    return taken(ctx, std::move(made));
  const std::size_t bytes = text_bytes(made) - text_bytes(beginning);
  const std::size_t parts = made->val_str.parts.size() - beginning->val_str.parts.size();
  take_bytes(ctx, bytes + (parts * kPartBytes));
  step(ctx, (text_bytes(made) + (made->val_str.parts.size() * kPartBytes)) / (2 * kTextStepBytes));
  return made;
}

void Watch::weighed(context& ctx, const value& of) {
  if (is_val<jinja::value_string>(of)) {
    const std::size_t steps =
        (text_bytes(of) / kTextStepBytes) + (of->val_str.parts.size() / kStepNodes);
    if (steps > 0) step(ctx, steps);
  } else if (is_container(of)) {
    const Extent extent = extent_of(of);
    step(ctx, (extent.nodes / kStepNodes) + (extent.bytes / kTextStepBytes));
    if (!extent.fits()) stop(ctx, too_much("makes too large a list or object"));
  }
}

// Once more as text. Indents, quotes and commas are as many bytes as there are nodes, or so often.
void Watch::written(context& ctx, const value& of, std::size_t bytes_per_byte) {
  if (!is_container(of)) return;
  weighed(ctx, of);
  const Extent extent = extent_of(of);
  const std::uint64_t bytes =
      extent.bytes + (std::uint64_t{extent.nodes} * (4 + bytes_per_byte * (1 + extent.depth)));
  if (bytes > allowance_.bytes - bytes_) take_bytes(ctx, bytes);
}

value Watch::printed(context& ctx, value shown) {
  written(ctx, shown, 0);
  return hider_ == nullptr ? shown : hidden(shown, *hider_);
}

value Watch::made_of(const std::string& name, const std::vector<value>& of, value made) const {
  return hider_ == nullptr ? made : with_origin(name, of, made, *hider_);
}

void Watch::closed(context& ctx, Closing closing) {
  if (closing == Closing::kTooLarge) stop(ctx, too_much("makes too large a list or object"));
  if (closing == Closing::kFunction) stop(ctx, too_much("puts a function into a list or object"));
}

value Watch::put_together(context& ctx, value container) {
  for (const auto& element : container->val_arr)
    closed(ctx, close(element));
  for (const auto& [key, member] : container->val_obj) {
    closed(ctx, close(key));
    closed(ctx, close(member));
  }
  weighed(ctx, container);
  return taken(ctx, std::move(container));
}

void Watch::kept(context& ctx, const value& object, const value& member) {
  step(ctx, object->val_obj.size() / kStepNodes);
  closed(ctx, close_within(member));
  if (is_closed(object)) stop(ctx, too_much("adds to an object that is part of another value"));
}

value Watch::defined(context& ctx, value found, const std::string& name) {
  if (!found->is_undefined()) return found;
  return stop(ctx,
              make_error(Code::kInvalidArgument, "needs '" + name + "', which is not defined"));
}

void Watch::searched(context& ctx, const value& needle, const value& in) {
  weighed(ctx, needle);
  weighed(ctx, in);
  const std::size_t looked_for = extent_of(needle).bytes;
  if (is_val<jinja::value_string>(in)) {
    step(ctx, looked_for * text_bytes(in) / (4 * kMovedBytes));
  } else {
    step(ctx, in->val_arr.size() * (looked_for + extent_of(needle).nodes) / kTextStepBytes);
  }
}

void Watch::operated(context& ctx, const std::string& sign, const value& left, const value& right) {
  if (sign == "in" || sign == "not in") return searched(ctx, left, right);
  const bool texts = is_val<jinja::value_string>(left) || is_val<jinja::value_string>(right);
  if (sign == "*" && texts) {
    const value& text = is_val<jinja::value_string>(left) ? left : right;
    const value& times = is_val<jinja::value_string>(left) ? right : left;
    if (!is_val<jinja::value_int>(times)) return;
    const std::size_t bytes = text_bytes(text) + (kPartBytes * (1 + text->val_str.parts.size()));
    if (times->as_int() > static_cast<std::int64_t>((allowance_.bytes - bytes_) / bytes))
      stop(ctx, too_much("repeats a text too often"));
    return;
  }
  if (sign == "==" || sign == "!=") {
    weighed(ctx, left);
    weighed(ctx, right);
  } else if (texts) {  // a list beside a text is written out
    written(ctx, left, 1);
    written(ctx, right, 1);
  }
}

void Watch::check_numbers(const Call& call) {
  const bool is_size = is_one_of(call.name, {"indent", "tojson", "string", "safe"});
  if (!is_size && call.name != "slice") return;
  const std::int64_t most = is_size ? kFilterNumberMax : kIndexMax;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const value& told = call.at(i);
    if (!is_val<jinja::value_int>(told)) continue;
    if (told->as_int() > most || told->as_int() < -most)
      stop(call.ctx, too_much("gives a filter too large a number"));
  }
}

void Watch::check_test(const Call& call, const std::string& test) {
  if (test != "divisibleby") return;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const value& divisor = call.at(i);
    if (!is_val<jinja::value_int>(divisor)) continue;
    if (divisor->as_int() == 0 || divisor->as_int() == -1)
      stop(call.ctx, too_much("asks what is divisible by 0 or -1"));
  }
}

// `split` and `replace` shift what is behind each place that they find.
void Watch::divided(const Call& call) {
  const std::string text = text_of(call.at(0));
  const std::string mark = call.has(1) ? text_of(call.at(1)) : " ";
  step(call.ctx, mark.size() * text.size() / (4 * kMovedBytes));
  const std::size_t times = count(text, mark);
  step(call.ctx, (times / kStepNodes) + (times * text.size() / kMovedBytes));
  if (!call.has(2) || call.name != "replace") return take_bytes(call.ctx, times * kPartBytes);
  const std::size_t size = text_bytes(call.at(2));
  if (size > mark.size()) {
    const std::uint64_t more = std::uint64_t{times} * (size - mark.size());
    if (more > allowance_.bytes - bytes_) take_bytes(call.ctx, more);
    step(call.ctx, times * (text.size() + more) / kMovedBytes);
  }
}

void Watch::joined(const Call& call) {
  std::size_t between = 0;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    written(call.ctx, call.at(i), 0);
    between = std::max(between, text_bytes(call.at(i)));
    if (is_val<jinja::value_int>(call.at(i)))
      between = std::max(between, magnitude(call.at(i)->as_int()));
    if (is_container(call.at(i)))
      between = std::max<std::size_t>(between, extent_of(call.at(i)).bytes);
  }
  if (is_container(call.at(0))) {
    written(call.ctx, call.at(0), between);
  } else if (call.name == "indent") {
    const std::size_t lines = count(text_of(call.at(0)), "\n") + 1;
    if (lines * between > allowance_.bytes - bytes_) take_bytes(call.ctx, lines * between);
  }
}

// The standard library's sort leaves its range when elements have no order: a text is compared with
// a number as text, numbers with each other as numbers, and all else with nothing.
void Watch::sorted(const Call& call) {
  const value& list = call.at(0);
  if (!is_container(list)) return;
  const Extent extent = extent_of(list);
  const std::size_t size = list->val_arr.size() + list->val_obj.size();
  step(call.ctx,
       std::bit_width(size) * ((extent.nodes / kStepNodes) + (extent.bytes / kTextStepBytes)));
  if (size <= kSortedAnyhowMax || is_one_of(call.name, {"min", "max"})) return;
  std::array<bool, 3> kinds{};
  for (const value& compared : compared_by_sort(call.arguments)) {
    const bool is_number =
        is_val<jinja::value_int>(compared) ||
        (is_val<jinja::value_float>(compared) && !std::isnan(compared->as_float()));
    kinds[is_val<jinja::value_string>(compared) ? 0 : is_number ? 1 : 2] = true;
  }
  if (std::count(kinds.begin(), kinds.end(), true) > 1)
    stop(call.ctx, too_much("sorts texts, numbers and other things together"));
}

void Watch::selected(const Call& call) {
  if (!is_container(call.at(0))) return;
  std::size_t bytes = 0;
  std::size_t nodes = 1;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    check_test(call, text_of(call.at(i)));
    const Extent extent = extent_of(call.at(i));
    bytes += extent.bytes;
    nodes += extent.nodes;
  }
  const std::size_t size = call.at(0)->val_arr.size();
  const Extent list = extent_of(call.at(0));
  step(call.ctx, (size * nodes / kStepNodes) + (size * bytes / kTextStepBytes) +
                     (list.bytes * bytes / (4 * kMovedBytes)));
  weighed(call.ctx, call.at(0));
}

// Every part that is all space is taken from the front of the others.
void Watch::stripped(const Call& call) {
  if (!is_val<jinja::value_string>(call.at(0))) return;
  const auto& parts = call.at(0)->val_str.parts;
  const std::string marks = call.has(1) ? text_of(call.at(1)) : std::string();
  const std::string blanks = marks + " \t\r\n\v\f";
  std::size_t blank = 0;
  while (blank < parts.size() && parts[blank].val.find_first_not_of(blanks) == std::string::npos)
    ++blank;
  step(call.ctx, (blank * parts.size() / (8 * kStepNodes)) +
                     (text_bytes(call.at(0)) * marks.size() / (4 * kMovedBytes)));
}

void Watch::appended(const Call& call) {
  if (!call.has(1) || !is_container(call.at(0))) return;
  closed(call.ctx, close(call.at(1)));
  if (is_closed(call.at(0)))
    stop(call.ctx, too_much("adds to a list that is part of another value"));
  take_bytes(call.ctx, kElementBytes + extent_of(call.at(1)).nodes);
}

void Watch::called(context& ctx, const std::string& name, const std::vector<value>& arguments) {
  step(ctx);
  if (name == "namespace") {
    for (const auto& argument : arguments) {
      closed(ctx, close_within(without_name(argument)));
    }
  }
  if (arguments.empty()) return;
  const Call call{ctx, name, arguments};
  check_numbers(call);
  constexpr std::string_view kTest = "test_is_";
  if (name.starts_with(kTest)) {
    check_test(call, name.substr(kTest.size()));
    if (arguments.size() > 1) searched(ctx, call.at(0), call.at(1));
  } else if (is_one_of(name, {"split", "rsplit", "replace"})) {
    for (std::size_t i = 0; i < arguments.size(); ++i)
      written(ctx, call.at(i), 1);
    divided(call);
  } else if (is_one_of(name, {"tojson", "string", "safe", "join", "indent", "format"})) {
    joined(call);
  } else if (is_one_of(name, {"sort", "dictsort", "min", "max"})) {
    sorted(call);
  } else if (is_one_of(name, {"select", "selectattr", "reject", "rejectattr"})) {
    selected(call);
  } else if (is_one_of(name, {"strip", "lstrip", "rstrip", "trim"})) {
    written(ctx, call.at(0), 1);
    stripped(call);
  } else if (is_one_of(name, {"upper", "lower", "title", "capitalize", "wordcount"})) {
    written(ctx, call.at(0), 1);
  } else if (name == "append") {
    return appended(call);
  } else if (is_container(call.at(0))) {
    step(ctx, (call.at(0)->val_arr.size() + call.at(0)->val_obj.size()) / kStepNodes);
  }
  for (const auto& argument : arguments) {
    if (is_val<jinja::value_string>(argument)) weighed(ctx, argument);
  }
}

value Watch::stop(context& ctx, Error error) {
  if (!stopped_) stopped_ = std::move(error);
  jinja::func_args arguments(ctx);
  arguments.push_back(mk_val<jinja::value_string>(stopped_->message));
  return jinja::global_builtins().at("raise_exception")(arguments);
}

}  // namespace hearth::dialogue
