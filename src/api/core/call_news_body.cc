#include "api/core/call_news_body.h"

namespace hearth::api {

void write_call_news(json::Writer& json, const agent::CallNews& news) {
  json.open('{').key("round").number(news.round).key("id").text(news.id);
  json.key("name").text(news.name).key("arguments").text(news.arguments);
  json.key("status").text(news.status ? tool::status_name(*news.status) : "running");
  if (!news.output.empty()) json.key("output").text(news.output);
  if (!news.error.empty()) json.key("error").text(news.error);
  json.close('}');
}

}  // namespace hearth::api
