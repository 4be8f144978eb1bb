#include "json/value_text.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "json/writer.h"

namespace hearth::json {

namespace {

namespace bj = boost::json;

std::string_view view(const auto& text) {
  return {text.data(), text.size()};
}

void write(Writer& json, const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      json.null();
      return;
    case bj::kind::bool_:
      json.boolean(value.get_bool());
      return;
    case bj::kind::int64:
      json.number(std::int64_t{value.get_int64()});
      return;
    case bj::kind::uint64:
      json.number(std::uint64_t{value.get_uint64()});
      return;
    case bj::kind::double_:
      json.number(value.get_double());
      return;
    case bj::kind::string:
      json.text(view(value.get_string()));
      return;
    case bj::kind::array:
      json.open('[');
      for (const bj::value& element : value.get_array())
        write(json, element);
      json.close(']');
      return;
    case bj::kind::object:
      json.open('{');
      for (const auto& member : value.get_object()) {
        json.key(view(member.key()));
        write(json, member.value());
      }
      json.close('}');
  }
}

}  // namespace

std::string value_text(const boost::json::value& value) {
  Writer json;
  write(json, value);
  return json.take();
}

}  // namespace hearth::json
