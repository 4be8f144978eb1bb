// The `ai` SDK with its provider for servers that speak as OpenAI does, against the daemon. What
// answers is ember, which knows little; so the tests ask for forms, numbers and order.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { createOpenAICompatible } = require('@ai-sdk/openai-compatible');
const {
  embed,
  embedMany,
  generateObject,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} = require('ai');

const hearth = createOpenAICompatible({
  name: 'hearth',
  baseURL: `${process.env.HEARTH_COMPAT_URL}/v1`,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const model = hearth('ember');
const textModel = hearth.completionModel('ember');
const encoder = hearth.textEmbeddingModel('ember-embed');

const asking = (more) => ({
  model,
  prompt: 'Hello!',
  temperature: 0,
  maxOutputTokens: 32,
  maxRetries: 0,
  ...more,
});
const ask = (more) => generateText(asking(more));

const city = jsonSchema({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
});
const weather = (more) =>
  tool({ description: 'Tells the weather of a city.', inputSchema: city, ...more });
const forced = { prompt: 'What is the weather in Oslo?', maxOutputTokens: 96 };

async function refusalOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('it was accepted');
}

describe('generateText', () => {
  test('gives a text, a reason and what it took', async () => {
    const { text, finishReason, usage } = await ask({ maxOutputTokens: 200 });
    assert.ok(text.length > 0);
    assert.equal(finishReason, 'stop');
    assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
    assert.equal(usage.totalTokens, usage.inputTokens + usage.outputTokens);
  });
  test('ends at its limit', async () => {
    const { finishReason, usage } = await ask({ maxOutputTokens: 2 });
    assert.equal(finishReason, 'length');
    assert.equal(usage.outputTokens, 2);
  });
  test('takes systems and messages', async () => {
    const { text } = await ask({
      prompt: undefined,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'Hello!' },
        { role: 'assistant', content: 'Hi!' },
        { role: 'user', content: [{ type: 'text', text: 'How are you?' }] },
      ],
    });
    assert.ok(text.length > 0);
  });
  test('is the same again with a seed', async () => {
    const seeded = { temperature: 1.5, seed: 42 };
    assert.equal((await ask(seeded)).text, (await ask(seeded)).text);
  });
  test('stops before a stop sequence', async () => {
    const whole = (await ask()).text;
    const stop = whole.slice(2, 6);
    const { text, finishReason } = await ask({ stopSequences: [stop] });
    assert.equal(text, whole.slice(0, whole.indexOf(stop)));
    assert.equal(finishReason, 'stop');
  });
  test('tells who answered', async () => {
    const { response } = await ask();
    assert.match(response.id, /^chatcmpl-/);
    assert.equal(response.modelId, 'ember');
    assert.ok(response.timestamp instanceof Date);
  });
  test('can be aborted', async () => {
    const more = { maxOutputTokens: 2000, abortSignal: AbortSignal.timeout(50) };
    const error = await refusalOf(
      ask({ ...more, providerOptions: { hearth: { ignore_eos: true } } }),
    );
    assert.match(error.name, /Abort|Timeout/);
  });
  test('tells the error of an unknown model', async () => {
    const error = await refusalOf(ask({ model: hearth('none') }));
    assert.equal(error.statusCode, 404);
    assert.match(error.message, /none/);
    assert.equal(error.isRetryable, false);
  });
});

describe('streamText', () => {
  test('says the same as a whole one', async () => {
    const { textStream } = streamText(asking());
    const pieces = [];
    for await (const piece of textStream) pieces.push(piece);
    assert.ok(pieces.length > 1);
    assert.equal(pieces.join(''), (await ask()).text);
  });
  test('tells its reason and usage in the end', async () => {
    const result = streamText(asking({ maxOutputTokens: 3 }));
    await result.consumeStream();
    assert.equal(await result.finishReason, 'length');
    assert.equal((await result.usage).outputTokens, 3);
  });
  test('has parts in their order', async () => {
    const types = [];
    for await (const part of streamText(asking()).fullStream) types.push(part.type);
    assert.equal(types[0], 'start');
    assert.ok(types.indexOf('text-start') < types.indexOf('text-delta'));
    assert.ok(types.lastIndexOf('text-delta') < types.indexOf('text-end'));
    assert.equal(types.at(-1), 'finish');
  });
  test('tells an error as a part', async () => {
    const errors = [];
    const onError = ({ error }) => errors.push(error);
    await streamText(asking({ model: hearth('none'), onError })).consumeStream();
    assert.equal(errors[0].statusCode, 404);
  });
});

describe('tools', () => {
  test('are called where one has to be', async () => {
    const { toolCalls, finishReason } = await ask({
      ...forced,
      tools: { get_weather: weather() },
      toolChoice: 'required',
    });
    assert.equal(finishReason, 'tool-calls');
    assert.equal(toolCalls[0].toolName, 'get_weather');
    assert.equal(typeof toolCalls[0].input.city, 'string');
  });
  test('are called by name', async () => {
    const { toolCalls } = await ask({
      ...forced,
      tools: { get_weather: weather(), get_time: weather() },
      toolChoice: { type: 'tool', toolName: 'get_time' },
    });
    assert.equal(toolCalls[0].toolName, 'get_time');
  });
  test('are run, and the model goes on with what they say', async () => {
    const cities = [];
    const execute = async (input) => {
      cities.push(input.city);
      return 'Rain, 7 degrees.';
    };
    const { steps } = await ask({
      ...forced,
      tools: { get_weather: weather({ execute }) },
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
      stopWhen: stepCountIs(2),
    });
    assert.equal(steps.length, 2);
    assert.ok(cities.length > 0);
    assert.ok(steps[1].usage.inputTokens > steps[0].usage.inputTokens);
  });
  test('are called in a stream', async () => {
    const result = streamText(
      asking({ ...forced, tools: { get_weather: weather() }, toolChoice: 'required' }),
    );
    await result.consumeStream();
    assert.equal(typeof (await result.toolCalls)[0].input.city, 'string');
  });
});

describe('objects', () => {
  const schema = jsonSchema({
    type: 'object',
    properties: { name: { type: 'string', maxLength: 8 }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  });

  test('are as their schema says', async () => {
    const { object } = await generateObject(asking({ schema, maxOutputTokens: 128 }));
    assert.deepEqual(Object.keys(object).sort(), ['age', 'name']);
    assert.ok(Number.isInteger(object.age));
  });
  test('are the output of a text', async () => {
    const { output } = await ask({ output: Output.object({ schema }), maxOutputTokens: 128 });
    assert.equal(typeof output.name, 'string');
  });
  test('are one word of some', async () => {
    const { object } = await generateObject(
      asking({ output: 'enum', enum: ['sunny', 'rainy'], maxOutputTokens: 64 }),
    );
    assert.ok(['sunny', 'rainy'].includes(object));
  });
  test('grow in a stream', async () => {
    const result = streamObject(asking({ schema, maxOutputTokens: 128 }));
    const parts = [];
    for await (const part of result.partialObjectStream) parts.push(part);
    assert.deepEqual(parts.at(-1), await result.object);
  });
});

describe('completions', () => {
  test('go on with a prompt', async () => {
    const { text, usage } = await ask({ model: textModel, prompt: 'Once upon a time' });
    assert.ok(text.length > 0);
    assert.ok(usage.outputTokens > 0);
  });
  test('are streamed', async () => {
    const result = streamText(asking({ model: textModel, prompt: 'Once', maxOutputTokens: 4 }));
    await result.consumeStream();
    assert.equal(await result.finishReason, 'length');
  });
});

describe('embeddings', () => {
  test('are made of a text', async () => {
    const { embedding, usage } = await embed({ model: encoder, value: 'a cat' });
    assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-3);
    assert.ok(usage.tokens > 0);
  });
  test('are made of many, in their order', async () => {
    const { embeddings } = await embedMany({ model: encoder, values: ['a', 'b', 'a'] });
    assert.equal(embeddings.length, 3);
    embeddings[0].forEach((v, i) => assert.ok(Math.abs(v - embeddings[2][i]) < 1e-4));
  });
});
