// Tasks that are over as soon as they begin, or wait for an answer where their text says "ask".
//
// Threads: confined to the loop.
#pragma once

#include <map>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "api/hearth/tasks.h"

namespace hearth::api::testing {

class ScriptedTasks {
 public:
  explicit ScriptedTasks(boost::asio::io_context& loop) : loop_(loop) {}

  TaskWish wish;                  // the last
  TaskAnswer answered;            // likewise
  std::vector<std::string> done;  // "cancel task-1"

  Tasks face() {
    Tasks tasks;
    tasks.start = [this](TaskWish wished, std::string owner, Callback<flow::RunHead> told) {
      wish = std::move(wished);
      tell(std::move(told), make(owner, wish.task));
    };
    tasks.list = [this](const std::string& owner, std::size_t, auto told) {
      std::vector<flow::RunHead> heads;
      for (const auto& [id, sheet] : sheets_)
        if (sheet.head.owner == owner) heads.push_back(sheet.head);
      tell(std::move(told), Result<std::vector<flow::RunHead>>(std::move(heads)));
    };
    tasks.find = [this](const TaskName& name, Callback<TaskSheet> told) {
      tell(std::move(told), find(name));
    };
    tasks.watch = [this](const TaskName& name, Callback<std::shared_ptr<flow::Feed>> told) {
      const auto found = find(name);
      if (!found)
        return tell(std::move(told), Result<std::shared_ptr<flow::Feed>>(fail(found.error())));
      tell(std::move(told), Result<std::shared_ptr<flow::Feed>>(feed_of(*found)));
    };
    tasks.answer = [this](const TaskName& name, TaskAnswer answer, Callback<void> told) {
      answered = std::move(answer);
      note("approve", name, std::move(told));
    };
    tasks.cancel = [this](const TaskName& name, auto told) { note("cancel", name, told); };
    tasks.pause = [this](const TaskName& name, auto told) { note("pause", name, told); };
    tasks.resume = [this](const TaskName& name, TaskResumption wish, auto told) {
      note(wish.forced ? "force" : "resume", name, told);
    };
    tasks.fork = [this](const TaskName& name, std::uint64_t events, Callback<flow::RunHead> told) {
      done.push_back("fork " + name.id + " " + std::to_string(events));
      const auto found = find(name);
      tell(std::move(told),
           found ? make(name.owner, found->head.task) : Result<flow::RunHead>(fail(found.error())));
    };
    return tasks;
  }

 private:
  template <typename T>
  void tell(Callback<T> told, Result<T> result) {
    boost::asio::post(loop_, [told = std::move(told), result = std::move(result)]() mutable {
      told(std::move(result));
    });
  }

  Result<flow::RunHead> make(const std::string& owner, const std::string& task) {
    TaskSheet sheet;
    sheet.head.id = "task-" + std::to_string(sheets_.size() + 1);
    sheet.head.owner = owner;
    sheet.head.task = task;
    sheet.head.events = 2;
    fold(sheet.state, flow::RunStarted{task});
    if (task.find("ask") != std::string::npos) {
      flow::ApprovalRequested asked;
      asked.approval = 1;
      asked.text = "May it?";
      fold(sheet.state, asked);
    } else {
      fold(sheet.state, flow::RunEnded{flow::RunEnded::How::kCompleted, "done"});
    }
    sheet.head.status = flow::status_of(sheet.state);
    sheets_[sheet.head.id] = sheet;
    return sheet.head;
  }

  Result<TaskSheet> find(const TaskName& name) const {
    const auto found = sheets_.find(name.id);
    if (found == sheets_.end() || found->second.head.owner != name.owner) {
      return fail(Code::kNotFound, "there is no task '" + name.id + "'", name.id);
    }
    return found->second;
  }

  static std::shared_ptr<flow::Feed> feed_of(const TaskSheet& sheet) {
    const auto feed = std::make_shared<flow::Feed>();
    const flow::Event started(sheet.state.start);
    feed->tell({1, 1000, "run.started", event_json(started)});
    feed->tell({0, 1001, "token.delta", R"({"text":"do"})"});
    if (sheet.state.end) feed->tell({2, 1002, "run.completed", event_json(*sheet.state.end)});
    feed->end();
    return feed;
  }

  void note(const std::string& what, const TaskName& name, Callback<void> told) {
    done.push_back(what + " " + name.id);
    const auto found = find(name);
    tell(std::move(told), found ? Result<void>() : Result<void>(fail(found.error())));
  }

  boost::asio::io_context& loop_;
  std::map<std::string, TaskSheet> sheets_;
};

}  // namespace hearth::api::testing
