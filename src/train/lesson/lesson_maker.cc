#include "train/lesson/lesson_maker.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "train/lesson/conversation.h"
#include "train/lesson/data_file.h"
#include "train/lesson/digest.h"
#include "train/lesson/lesson_writer.h"

namespace hearth::train {

namespace {

constexpr std::size_t kLinesOfPiece = 64;    // of one thread at a time
constexpr std::uint64_t kWriterVersion = 1;  // another one makes lessons anew

Result<std::uint64_t> digest_of(const LessonSource& source, const engine::Model& model) {
  Digest digest;
  digest.add(kWriterVersion);
  digest.add(source.context);
  digest.add(model.chat_template());
  digest.add_tokenizer(model);
  HEARTH_TRY(digest.add_files(source.data));
  return digest.value();
}

struct Piece {
  std::vector<Lesson> lessons;
  std::optional<Error> error;
};

Piece write_lines(const LessonWriter& writer, const std::string& path, const DataLine* lines,
                  std::size_t count) {
  Piece piece;
  for (std::size_t i = 0; i < count; ++i) {
    const auto conversation = read_conversation(lines[i].text);
    auto lessons = conversation ? writer.write(*conversation)
                                : Result<std::vector<Lesson>>(fail(conversation.error()));
    if (!lessons) {
      piece.error = lessons.error();
      piece.error->message =
          fmt::format("{}:{}: {}", path, lines[i].number, lessons.error().message);
      return piece;
    }
    for (Lesson& lesson : *lessons)
      piece.lessons.push_back(std::move(lesson));
  }
  return piece;
}

void add_cut(Lesson lesson, std::uint32_t context, LessonFileWriter& file, LessonCounts& counts) {
  if (lesson.tokens.size() > context) {
    ++counts.cut;
    lesson.tokens.resize(context);
    lesson.wanted.resize(context);
  }
  if (std::count(lesson.wanted.begin(), lesson.wanted.end(), 1) == 0) {
    ++counts.empty;
    return;
  }
  file.add(lesson);
}

struct Making {
  const LessonSource& source;
  const engine::Model& model;
  engine::Crew& crew;
  const LessonProgress& progress;
  std::uint64_t digest;
};

Result<void> write_file(const Making& making, const LessonWriter& writer, const std::string& path,
                        LessonFileWriter& file, LessonCounts& counts) {
  DataFile data(path);
  while (true) {
    const auto lines = HEARTH_TRY(data.next());
    if (lines.empty()) return {};
    std::vector<Piece> pieces((lines.size() + kLinesOfPiece - 1) / kLinesOfPiece);
    making.crew.run(pieces.size(), [&](std::size_t i) {
      const std::size_t first = i * kLinesOfPiece;
      const std::size_t count = std::min(kLinesOfPiece, lines.size() - first);
      pieces[i] = write_lines(writer, path, lines.data() + first, count);
    });
    for (Piece& piece : pieces) {
      if (piece.error) return fail(*piece.error);
      for (Lesson& lesson : piece.lessons)
        add_cut(std::move(lesson), making.source.context, file, counts);
    }
    counts.conversations += lines.size();
    if (!making.progress(counts.conversations))
      return fail(Code::kCancelled, "stopped while conversations were read");
  }
}

// False when they have to be written again, another way.
Result<bool> write_all(const Making& making, LessonWriter::Way way, LessonCounts& counts) {
  const auto writer = HEARTH_TRY(LessonWriter::create(making.model, way));
  const auto vocabulary = static_cast<std::uint32_t>(making.model.vocabulary());
  const auto file =
      HEARTH_TRY(LessonFileWriter::create(making.source.path, making.digest, vocabulary));
  counts = {};
  for (const std::string& path : making.source.data)
    HEARTH_TRY(write_file(making, *writer, path, *file, counts));
  if (writer->failed()) return false;
  HEARTH_TRY(file->finish());
  return true;
}

}  // namespace

Result<MadeLessons> make_lessons(const LessonSource& source, const engine::Model& model,
                                 engine::Crew& crew, const LessonProgress& progress) {
  const std::uint64_t digest = HEARTH_TRY(digest_of(source, model));
  MadeLessons made;
  if (auto known = LessonFile::open(source.path, digest)) {
    made.file = *std::move(known);
    made.counts.taken_over = true;
    return made;
  }
  const Making making{source, model, crew, progress, digest};
  if (!HEARTH_TRY(write_all(making, LessonWriter::Way::kFrames, made.counts)))
    HEARTH_TRY(write_all(making, LessonWriter::Way::kTemplate, made.counts));
  made.file = HEARTH_TRY(LessonFile::open(source.path, digest));
  if (made.file->size() == 0)
    return fail(Code::kInvalidArgument, "there is no conversation with an answer in the data");
  return made;
}

}  // namespace hearth::train
