#include "train/report.h"

#include "json/writer.h"

namespace hearth::train {

namespace {

json::Writer begin(std::string_view event) {
  json::Writer line;
  line.open('{').key("event").text(event);
  return line;
}

void add_point(json::Writer& line, const CurvePoint& point) {
  line.key("step").number(point.step).key("tokens").number(point.tokens);
  line.key("seconds").number(point.seconds).key("loss").number(point.loss);
  if (point.validation_loss) line.key("validation_loss").number(*point.validation_loss);
  line.key("learning_rate").number(point.learning_rate);
  line.key("grad_norm").number(point.gradient_norm);
}

}  // namespace

void Report::say(const std::string& line) {
  const std::string whole = line + "\n";
  (void)std::fwrite(whole.data(), 1, whole.size(), to_);
  (void)std::fflush(to_);
}

void Report::reading(std::uint64_t conversations) {
  say(begin("reading").key("conversations").number(conversations).close('}').take());
}

void Report::started(const Start& start) {
  json::Writer line = begin("started");
  line.key("kernel").text(start.kernel).key("parameters").number(start.parameters);
  line.key("lessons").number(start.lessons);
  line.key("validation_lessons").number(start.validation_lessons);
  line.key("tokens").number(start.tokens);
  line.key("lessons_taken_over").boolean(start.counts.taken_over);
  line.key("conversations").number(start.counts.conversations);
  line.key("cut").number(start.counts.cut).key("empty").number(start.counts.empty);
  line.key("step").number(start.state.step);
  say(line.close('}').take());
}

void Report::step(const CurvePoint& point, double done, double tokens_per_second) {
  json::Writer line = begin("step");
  add_point(line, point);
  line.key("done").number(done).key("tokens_per_second").number(tokens_per_second);
  say(line.close('}').take());
}

void Report::checkpoint(std::uint64_t step) {
  say(begin("checkpoint").key("step").number(step).close('}').take());
}

void Report::stopped(const std::string& why, std::uint64_t step) {
  say(begin("stopped").key("why").text(why).key("step").number(step).close('}').take());
}

void Report::finished(const std::string& out, const CurvePoint& last) {
  json::Writer line = begin("finished");
  line.key("out").text(out);
  add_point(line, last);
  say(line.close('}').take());
}

void Report::failed(const Error& error) {
  json::Writer line = begin("failed");
  line.key("code").text(base::code_name(error.code)).key("error").text(error.message);
  say(line.close('}').take());
}

}  // namespace hearth::train
