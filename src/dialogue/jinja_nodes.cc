#include "dialogue/jinja_nodes.h"

#include <algorithm>
#include <memory>

#include "dialogue/jinja_extent.h"

namespace hearth::dialogue {

using jinja::cast_stmt;
using jinja::context;
using jinja::is_stmt;
using jinja::is_val;
using jinja::mk_val;
using jinja::statement_ptr;
using jinja::value;

namespace {

value bounded_range(context& ctx, const Values& arguments) {
  double least = 0;
  double most = 0;
  for (const auto& argument : arguments) {
    if (!is_val<jinja::value_int>(argument)) continue;
    least = std::min(least, static_cast<double>(argument->as_int()));
    most = std::max(most, static_cast<double>(argument->as_int()));
  }
  if (most - least <= static_cast<double>(kRangeMax)) return nullptr;
  return Watch::current().stop(
      ctx, make_error(Code::kResourceExhausted,
                      "asks for a range of more than " + std::to_string(kRangeMax)));
}

}  // namespace

statement_ptr constant(const value& is) {
  return std::make_unique<Constant>(is);
}

statement_ptr named(const std::string& name, const Values& computed) {
  statement_ptr identifier = std::make_unique<jinja::identifier>(name);
  identifier->pos = 0;
  if (computed.size() == 1) return identifier;
  jinja::statements arguments;
  for (std::size_t i = 1; i < computed.size(); ++i)
    arguments.push_back(constant(computed[i]));
  statement_ptr call =
      std::make_unique<jinja::call_expression>(std::move(identifier), std::move(arguments));
  call->pos = 0;
  return call;
}

value WatchedFunction::invoke(const jinja::func_args& given) const {
  Values arguments = given.get_args();
  if (arg0) arguments.insert(arguments.begin(), arg0);
  Watch& watch = Watch::current();
  watch.step(given.ctx, scope_steps);
  if (name == "range") bounded_range(given.ctx, arguments);
  watch.called(given.ctx, name, arguments);
  auto made = value_func_t::invoke(given);
  if (name == "append" || name == "pop") return made;
  made = watch.taken(given.ctx, std::move(made));
  // A macro writes texts of its own.
  return arg0 ? watch.made_of(name, arguments, std::move(made)) : made;
}

value watched_if_function(value found, std::size_t scope_steps) {
  const auto* function = jinja::cast_val<jinja::value_func>(found);
  if (function == nullptr || dynamic_cast<const WatchedFunction*>(function) != nullptr)
    return found;
  return std::make_shared<WatchedFunction>(*function, scope_steps);
}

value WatchedVariable::execute_impl(context& ctx) const {
  Watch& watch = Watch::current();
  watch.step(ctx);
  auto found = watched_if_function(identifier::execute_impl(ctx), setting.scope_steps);
  if (val == "bos_token" || val == "eos_token") found = as_template_text(found);
  if (setting.undefined == Undefined::kEmpty) return found;
  return watch.defined(ctx, std::move(found), val);
}

value WatchedMember::execute_impl(context& ctx) const {
  Watch& watch = Watch::current();
  watch.step(ctx);
  auto found = watched_if_function(member_expression::execute_impl(ctx), 0);
  if (is_stmt<jinja::slice_expression>(property)) found = watch.taken(ctx, std::move(found));
  if (computed) found = letter_of_client(found);
  if (setting.undefined == Undefined::kEmpty) return found;
  return watch.defined(ctx, std::move(found), path);
}

value WatchedOperator::execute_impl(context& ctx) const {
  Watch& watch = Watch::current();
  watch.step(ctx);
  if (op.value == "and" || op.value == "or") return binary_expression::execute_impl(ctx);
  const value a = left->execute(ctx);
  const value b = right->execute(ctx);
  watch.operated(ctx, op.value, a, b);
  const binary_expression done(op, constant(a), constant(b));
  if (op.value == "~" || op.value == "+") return watch.grown(ctx, done.execute_impl(ctx), a);
  return watch.made_of(op.value, {a, b}, watch.taken(ctx, done.execute_impl(ctx)));
}

value WatchedFilter::execute_impl(context& ctx) const {
  const Values values = computed(ctx);
  Watch& watch = Watch::current();
  watch.called(ctx, name, values);
  const jinja::filter_expression filter(constant(values[0]), named(name, values));
  auto made = filter.execute_impl(ctx);
  if (name == "append" || name == "pop") return made;
  return watch.made_of(name, values, watch.taken(ctx, std::move(made)));
}

value WatchedTest::execute_impl(context& ctx) const {
  const Values values = computed(ctx);
  Watch::current().called(ctx, "test_is_" + name, values);
  const jinja::test_expression test(constant(values[0]), negate, named(name, values));
  return test.execute_impl(ctx);
}

value WatchedSet::execute_impl(context& ctx) const {
  const auto* member = cast_stmt<jinja::member_expression>(assignee);
  Watch& watch = Watch::current();
  watch.step(ctx);
  if (member == nullptr || member->computed || val == nullptr)
    return set_statement::execute_impl(ctx);
  const value kept = val->execute(ctx);
  const value object = member->object->execute(ctx);
  watch.kept(ctx, object, kept);
  statement_ptr property =
      is_stmt<jinja::identifier>(member->property)
          ? std::make_unique<jinja::identifier>(cast_stmt<jinja::identifier>(member->property)->val)
          : constant(kept);
  const set_statement set(
      std::make_unique<jinja::member_expression>(constant(object), std::move(property), false),
      constant(kept), {});
  return set.execute_impl(ctx);
}

namespace {

// In what order the engine goes through it. REQUIRES: a list or an object.
Values elements_of(const value& items) {
  if (is_val<jinja::value_array>(items)) return items->as_array();
  Values keys;
  for (const auto& [key, member] : items->as_ordered_object())
    keys.push_back(key);
  return keys;
}

// The variable `loop`.
value place_in(const Values& elements, std::size_t at) {
  const auto count = static_cast<std::int64_t>(elements.size());
  const auto before = static_cast<std::int64_t>(at);
  const bool first = at == 0;
  const bool last = at + 1 == elements.size();
  auto place = mk_val<jinja::value_object>();
  place->has_builtins = false;
  const auto number = [&](const char* name, std::int64_t is) {
    place->insert(name, mk_val<jinja::value_int>(is));
  };
  number("index", before + 1);
  number("index0", before);
  number("revindex", count - before);
  number("revindex0", count - before - 1);
  number("length", count);
  place->insert("first", mk_val<jinja::value_bool>(first));
  place->insert("last", mk_val<jinja::value_bool>(last));
  place->insert("previtem", first ? mk_val<jinja::value_undefined>("previtem") : elements[at - 1]);
  place->insert("nextitem", last ? mk_val<jinja::value_undefined>("nextitem") : elements[at + 1]);
  return place;
}

}  // namespace

value WatchedLoop::execute_impl(context& ctx) const {
  const bool plain = is_stmt<jinja::identifier>(loopvar) &&
                     !is_stmt<jinja::select_expression>(iterable) && !ctx.is_get_stats;
  if (!plain) return Watched::execute_impl(ctx);
  Watch::current().step(ctx);
  context scope(ctx);
  const value items = iterable->execute(scope);
  if (items->is_undefined()) return run(ctx, scope, {});
  if (is_container(items)) return run(ctx, scope, elements_of(items));
  const jinja::for_statement refused(std::make_unique<jinja::identifier>("element"),
                                     constant(items), {}, {});
  return refused.execute_impl(ctx);
}

value WatchedLoop::run(context& ctx, context& scope, const Values& elements) const {
  const std::string& name = cast_stmt<jinja::identifier>(loopvar)->val;
  auto made = mk_val<jinja::value_array>();
  bool went_through = false;  // of one element, to its end
  for (std::size_t at = 0; at < elements.size(); ++at) {
    scope.set_val("loop", place_in(elements, at));
    scope.set_val(name, elements[at]);
    try {
      for (const statement_ptr& part : body)
        made->push_back(part->execute(scope));
    } catch (const jinja::continue_statement::signal&) {
      continue;
    } catch (const jinja::break_statement::signal&) {
      break;
    }
    went_through = true;
  }
  if (!went_through) {
    for (const statement_ptr& part : default_block)
      made->push_back(part->execute(ctx));
  }
  return Watch::current().taken(ctx, jinja::runtime::gather_string_parts(made));
}

value Looped::execute_impl(context& ctx) const {
  auto found = items->execute(ctx);
  const std::size_t size = found->val_arr.size() + found->val_obj.size();
  Watch::current().step(ctx, (1 + size) * (1 + setting.scope_steps));
  return found;
}

value Weighed::execute_impl(context& ctx) const {
  auto found = weighed->execute(ctx);
  if (is_val<jinja::value_string>(found) || is_val<jinja::value_tuple>(found))
    Watch::current().weighed(ctx, found);
  return found;
}

value Index::execute_impl(context& ctx) const {
  auto told = number->execute(ctx);
  Watch::current().called(ctx, "slice", {told, told});
  return told;
}

value Printed::execute_impl(context& ctx) const {
  auto printed = Watch::current().printed(ctx, shown->execute(ctx));
  const bool whole = setting.undefined == Undefined::kMistake && is_container(printed);
  return whole ? mk_val<jinja::value_string>(printed->as_string()) : printed;
}

value Checkpoint::execute_impl(context& ctx) const {
  Watch::current().step(ctx);
  return mk_val<jinja::value_undefined>();
}

}  // namespace hearth::dialogue
