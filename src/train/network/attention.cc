#include "train/network/attention.h"

#include <algorithm>
#include <cmath>

#include "train/matrix/clones.h"
#include "train/matrix/multiply.h"
#include "train/matrix/rows_work.h"

namespace hearth::train {

namespace {

constexpr std::size_t kBlock = 64;  // rows that ask at a time
constexpr float kUnseen = -1e30F;   // a score that leaves nothing

// What one thread needs while it works; kept from one piece of work to the next.
struct Room {
  Panels keys;            // depth: a head's numbers; columns: tokens
  Panels values;          // depth: tokens; columns: a head's numbers
  Panels keys_by_token;   // depth: tokens
  Panels values_by_head;  // columns: tokens
  Panels weights;         // depth: asking rows; columns: tokens
  Panels asking;          // depth: asking rows; columns: a head's numbers
  Left left;
  Buffer<float> scores;
  Buffer<float> score_gradient;
};

thread_local Room room;

struct Block {
  std::size_t begin;   // its first asking row, in the conversation
  std::size_t rows;    // how many
  std::size_t tokens;  // that any of them sees
  std::size_t stride;  // of a row of scores: whole lanes, the last of them zero
};

std::size_t whole_lanes_for(std::size_t count) {
  return (count + kLanes - 1) / kLanes * kLanes;
}

Block block_at(std::size_t begin, const Segment& segment, const AttentionShape& shape) {
  const std::size_t rows = std::min(kBlock, segment.length - begin);
  const std::size_t tokens = shape.looks_both_ways ? segment.length : begin + rows;
  return {begin, rows, tokens, whole_lanes_for(tokens)};
}

// How much each asking row of the block takes from each token; rows lie block.stride apart.
float* make_weights(const AttentionShape& shape, const Kernel& kernel, const Rows& asking,
                    const Block& block) {
  float* scores = room.scores.ensure(kBlock * block.stride);
  room.left.make(kernel, asking);
  multiply_columns(room.left, room.keys, block.tokens, {scores, block.stride, Sum::kReplace});
  const float scale = 1.0F / std::sqrt(static_cast<float>(shape.head_width));
  for (std::size_t r = 0; r < block.rows; ++r) {
    float* row = scores + r * block.stride;
    const std::size_t seen = shape.looks_both_ways ? block.tokens : block.begin + r + 1;
    std::fill(row + seen, row + block.stride, kUnseen);
    softmax(row, whole_lanes_for(seen), scale);
    std::fill(row + seen, row + block.stride, 0.0F);
  }
  return scores;
}

// into[token] += Σ over the asking rows: weight of the token · row, for all tokens that are seen.
void add_by_token(const Kernel& kernel, const Rows& weights, const Rows& asking, const Out& into) {
  room.weights.shape(kernel, weights.count, weights.columns);
  room.weights.put_rows(0, weights);
  room.asking.shape(kernel, asking.count, asking.columns);
  room.asking.put_rows(0, asking);
  for (std::size_t panel = 0; panel < room.weights.panels(); ++panel) {
    float* first = into.begin + panel * kTileColumns * into.stride;
    multiply_panel(room.weights, panel, room.asking, {first, into.stride, Sum::kAdd});
  }
}

void clear_rows(float* begin, std::size_t rows, std::size_t width, std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i)
    std::fill(begin + i * stride, begin + i * stride + width, 0.0F);
}

}  // namespace

void Attention::forward(const Segment& segment, std::size_t kv_head, const AttentionInput& input,
                        float* out) const {
  const std::size_t width = shape_.head_width;
  const std::size_t stride = shape_.query_width();
  const std::size_t kv_stride = shape_.key_width();
  const std::size_t group = shape_.heads / shape_.kv_heads;
  const std::size_t kv_begin = segment.begin * kv_stride + kv_head * width;
  room.keys.shape(*kernel_, width, segment.length);
  room.keys.put_columns(0, {input.key + kv_begin, segment.length, width, kv_stride});
  room.values.shape(*kernel_, segment.length, width);
  room.values.put_rows(0, {input.value + kv_begin, segment.length, width, kv_stride});

  for (std::size_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
    for (std::size_t begin = 0; begin < segment.length; begin += kBlock) {
      const Block block = block_at(begin, segment, shape_);
      const std::size_t first = (segment.begin + begin) * stride + head * width;
      const float* weights =
          make_weights(shape_, *kernel_, {input.query + first, block.rows, width, stride}, block);
      room.left.make(*kernel_, {weights, block.rows, block.tokens, block.stride});
      multiply_depth(room.left, room.values, kernel_->cells(block.tokens),
                     {out + first, stride, Sum::kReplace});
    }
  }
}

void Attention::backward(const Segment& segment, std::size_t kv_head, const Back& back) const {
  const std::size_t width = shape_.head_width;
  const std::size_t stride = shape_.query_width();
  const std::size_t kv_stride = shape_.key_width();
  const std::size_t group = shape_.heads / shape_.kv_heads;
  const std::size_t kv_begin = segment.begin * kv_stride + kv_head * width;
  const Rows keys{back.input.key + kv_begin, segment.length, width, kv_stride};
  const Rows values{back.input.value + kv_begin, segment.length, width, kv_stride};
  room.keys.shape(*kernel_, width, segment.length);
  room.keys.put_columns(0, keys);
  room.keys_by_token.shape(*kernel_, segment.length, width);
  room.keys_by_token.put_rows(0, keys);
  room.values_by_head.shape(*kernel_, width, segment.length);
  room.values_by_head.put_columns(0, values);
  clear_rows(back.into.key + kv_begin, segment.length, width, kv_stride);
  clear_rows(back.into.value + kv_begin, segment.length, width, kv_stride);
  const float scale = 1.0F / std::sqrt(static_cast<float>(width));

  for (std::size_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
    for (std::size_t begin = 0; begin < segment.length; begin += kBlock) {
      const Block block = block_at(begin, segment, shape_);
      const std::size_t tokens = block.tokens;
      const std::size_t first = (segment.begin + begin) * stride + head * width;
      const Rows asking{back.input.query + first, block.rows, width, stride};
      const Rows gradient{back.gradient + first, block.rows, width, stride};
      const float* weights = make_weights(shape_, *kernel_, asking, block);
      const std::size_t apart = block.stride;
      float* down = room.score_gradient.ensure(kBlock * apart);
      room.left.make(*kernel_, gradient);
      multiply_columns(room.left, room.values_by_head, tokens, {down, apart, Sum::kReplace});
      for (std::size_t r = 0; r < block.rows; ++r) {
        std::fill(down + r * apart + tokens, down + (r + 1) * apart, 0.0F);
        softmax_back(weights + r * apart, apart, scale, down + r * apart);
      }
      room.left.make(*kernel_, {down, block.rows, tokens, apart});
      multiply_depth(room.left, room.keys_by_token, kernel_->cells(tokens),
                     {back.into.query + first, stride, Sum::kReplace});
      add_by_token(*kernel_, {weights, block.rows, tokens, apart}, gradient,
                   {back.into.value + kv_begin, kv_stride, Sum::kAdd});
      add_by_token(*kernel_, {down, block.rows, tokens, apart}, asking,
                   {back.into.key + kv_begin, kv_stride, Sum::kAdd});
    }
  }
}

}  // namespace hearth::train
