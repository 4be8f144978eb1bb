// The package openai against the daemon, as its users write it. What answers is ember, which knows
// little; so the tests ask for forms, numbers and order, and for words only where they are forced.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, test } = require('node:test');
const OpenAI = require('openai').default;
const { exitOf, startDaemon, urlOf } = require('./with_daemon.js');

const baseURL = `${process.env.HEARTH_COMPAT_URL}/v1`;
const client = new OpenAI({ apiKey: 'not-needed', baseURL, maxRetries: 0 });
const model = 'ember';
const encoder = 'ember-embed';

const hello = { role: 'user', content: 'Hello!' };
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};
const weather = {
  type: 'function',
  function: { name: 'get_weather', description: 'Tells the weather of a city.', parameters },
};
const clock = { type: 'function', function: { name: 'get_time', parameters } };
const question = [{ role: 'user', content: 'What is the weather in Oslo?' }];

const asking = (more) => ({ model, max_tokens: 32, temperature: 0, messages: [hello], ...more });
const ask = (more, options) => client.chat.completions.create(asking(more), options);
const textOf = async (more) => (await ask(more)).choices[0].message.content;

async function all(stream) {
  const parts = [];
  for await (const part of await stream) parts.push(part);
  return parts;
}
const chunksOf = (more) => all(ask({ ...more, stream: true }));
const streamed = (chunks, index = 0) =>
  chunks
    .flatMap((chunk) => chunk.choices)
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta?.content ?? choice.text ?? '')
    .join('');

async function refusalOf(promise, kind) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
    return error;
  }
  return assert.fail('it was accepted');
}
const ignoredOf = async (promise) =>
  (await promise.asResponse()).headers.get('x-hearth-ignored') ?? '';

describe('a chat completion', () => {
  test('is an answer of the assistant with an id', async () => {
    const answer = await ask();
    assert.equal(answer.object, 'chat.completion');
    assert.match(answer.id, /^chatcmpl-/);
    assert.equal(answer.model, model);
    assert.ok(Math.abs(answer.created - Date.now() / 1000) < 60);
    const [choice] = answer.choices;
    assert.equal(choice.message.role, 'assistant');
    assert.ok(choice.message.content.length > 0);
    assert.equal(choice.message.refusal, null);
    assert.equal(choice.logprobs, null);
  });
  test('ends by itself', async () => {
    assert.equal((await ask({ max_tokens: 200 })).choices[0].finish_reason, 'stop');
  });
  test('ends at max_tokens and at max_completion_tokens', async () => {
    for (const limit of [{ max_tokens: 2 }, { max_tokens: null, max_completion_tokens: 2 }]) {
      const answer = await ask(limit);
      assert.equal(answer.choices[0].finish_reason, 'length');
      assert.equal(answer.usage.completion_tokens, 2);
    }
  });
  test('tells how many tokens it took', async () => {
    const { usage } = await ask();
    assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
    assert.ok(usage.completion_tokens_details.reasoning_tokens >= 0);
  });
  test('tells what of its prompt was known already', async () => {
    const messages = [{ role: 'user', content: 'Tell me of the sea. '.repeat(40) }];
    await ask({ messages, max_tokens: 1 });
    const { usage } = await ask({ messages, max_tokens: 1 });
    assert.ok(usage.prompt_tokens_details.cached_tokens > usage.prompt_tokens / 2);
  });
  test('is the same again without chance, and with a seed', async () => {
    assert.equal(await textOf(), await textOf());
    const seeded = { temperature: 1.5, seed: 42 };
    assert.equal(await textOf(seeded), await textOf(seeded));
  });
  test('stops before a stop sequence', async () => {
    const whole = await textOf();
    const stop = whole.slice(2, 6);
    const answer = await ask({ stop: ['never said', stop] });
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.choices[0].message.content, whole.slice(0, whole.indexOf(stop)));
    assert.equal(await textOf({ stop }), whole.slice(0, whole.indexOf(stop)));
  });
  test('may be one of several', async () => {
    const { choices, usage } = await ask({ n: 3, temperature: 1, seed: 7, max_tokens: 8 });
    assert.deepEqual(choices.map((choice) => choice.index), [0, 1, 2]);
    assert.ok(usage.completion_tokens <= 24);
  });
  test('tells how likely its tokens were', async () => {
    const answer = await ask({ logprobs: true, top_logprobs: 3, max_tokens: 4 });
    const { content } = answer.choices[0].logprobs;
    assert.ok(content.length > 0);
    for (const token of content) {
      assert.ok(token.logprob <= 0);
      assert.equal(token.top_logprobs.length, 3);
      assert.ok(Buffer.from(token.bytes).length > 0);
    }
    const text = Buffer.concat(content.map((token) => Buffer.from(token.bytes))).toString();
    assert.equal(text, answer.choices[0].message.content);
  });
  test('follows a bias of tokens', async () => {
    const { tokens } = await (
      await fetch(`${process.env.HEARTH_COMPAT_URL}/hearth/v1/tokenize`, {
        method: 'POST',
        body: JSON.stringify({ model, text: ' sea' }),
      })
    ).json();
    const logit_bias = { [tokens[0]]: 100 };
    assert.match(await textOf({ logit_bias, max_tokens: 3 }), /^( ?\w+)\1\1$/);
  });
  test('takes systems, developers and content of parts', async () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello!' }] },
    ];
    const system = [{ role: 'system', content: 'Be brief.' }, hello];
    assert.equal(await textOf({ messages }), await textOf({ messages: system }));
  });
  test('goes on with what the assistant has begun', async () => {
    const whole = await textOf();
    const messages = [hello, { role: 'assistant', content: whole.slice(0, 5) }];
    assert.equal(await textOf({ messages }), whole.slice(5));
  });
  test('has a request id and headers', async () => {
    const { data, response, request_id } = await ask().withResponse();
    assert.equal(response.status, 200);
    assert.equal(data._request_id, request_id);
    assert.match(request_id, /^req-/);
  });
  test('names what has no effect', async () => {
    const ignored = await ignoredOf(
      client.chat.completions.create(asking({ user: 'u', metadata: { a: 'b' }, store: true })),
    );
    assert.deepEqual(ignored.split(', ').sort(), ['metadata', 'store', 'user']);
  });
});

describe('a chat that is streamed', () => {
  test('says the same as a whole one', async () => {
    assert.equal(streamed(await chunksOf()), await textOf());
  });
  test('begins with a role and ends with a reason', async () => {
    const chunks = await chunksOf();
    assert.equal(chunks[0].object, 'chat.completion.chunk');
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
    const reasons = chunks.map((chunk) => chunk.choices[0].finish_reason).filter(Boolean);
    assert.equal(reasons.length, 1);
    assert.equal(chunks.at(-1).choices[0].finish_reason, reasons[0]);
  });
  test('tells its usage last where that is asked for', async () => {
    const chunks = await chunksOf({ stream_options: { include_usage: true } });
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.ok(chunks.at(-1).usage.total_tokens > 0);
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
    assert.ok((await chunksOf()).every((chunk) => chunk.usage === undefined));
  });
  test('has several choices side by side', async () => {
    const chunks = await chunksOf({ n: 2, temperature: 1, seed: 3, max_tokens: 6 });
    for (const index of [0, 1]) assert.ok(streamed(chunks, index).length > 0);
  });
  test('tells logprobs with the text', async () => {
    const chunks = await chunksOf({ logprobs: true, max_tokens: 4 });
    const told = chunks.flatMap((chunk) => chunk.choices[0].logprobs?.content ?? []);
    assert.ok(told.length > 0);
  });
  test('is put together by the helper', async () => {
    const stream = client.chat.completions.stream(asking());
    const seen = [];
    stream.on('content', (delta) => seen.push(delta));
    const answer = await stream.finalChatCompletion();
    assert.equal(seen.join(''), answer.choices[0].message.content);
  });
  test('can be left', async () => {
    const stream = await ask({ stream: true, max_tokens: 2000, hearth: {}, ignore_eos: true });
    let chunks = 0;
    for await (const chunk of stream) {
      assert.equal(chunk.object, 'chat.completion.chunk');
      if (++chunks === 3) break;
    }
    assert.ok(stream.controller.signal.aborted);
  });
  test('can be aborted from outside', async () => {
    const controller = new AbortController();
    const promise = ask({ max_tokens: 2000, ignore_eos: true }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await refusalOf(promise, OpenAI.APIUserAbortError);
  });
  test('is an error before it begins where it cannot', async () => {
    await refusalOf(ask({ stream: true, model: 'none' }), OpenAI.NotFoundError);
  });
});

describe('tools', () => {
  const forced = { tools: [weather, clock], messages: question, max_tokens: 96 };
  const callsOf = (answer) => answer.choices[0].message.tool_calls ?? [];

  test('are called where one has to be', async () => {
    const answer = await ask({ ...forced, tool_choice: 'required' });
    assert.equal(answer.choices[0].finish_reason, 'tool_calls');
    const [call] = callsOf(answer);
    assert.match(call.id, /^call_/);
    assert.equal(call.type, 'function');
    assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
    assert.equal(answer.choices[0].message.content, null);
  });
  test('are called by name', async () => {
    const tool_choice = { type: 'function', function: { name: 'get_time' } };
    const answer = await ask({ ...forced, tool_choice });
    assert.equal(callsOf(answer)[0].function.name, 'get_time');
  });
  test('are among those that are allowed', async () => {
    const allowed_tools = { mode: 'required', tools: [{ ...clock, function: { name: 'get_time' } }] };
    const tool_choice = { type: 'allowed_tools', allowed_tools };
    const answer = await ask({ ...forced, tool_choice });
    assert.equal(callsOf(answer)[0].function.name, 'get_time');
  });
  test('are not called where none may be', async () => {
    assert.equal(callsOf(await ask({ ...forced, tool_choice: 'none' })).length, 0);
  });
  test('are called one at a time', async () => {
    const more = { tool_choice: 'required', parallel_tool_calls: false };
    assert.equal(callsOf(await ask({ ...forced, ...more })).length, 1);
  });
  test('are answered by messages', async () => {
    const first = await ask({ ...forced, tool_choice: 'required' });
    const [call] = callsOf(first);
    const messages = [
      ...question,
      first.choices[0].message,
      ...callsOf(first).map((each) => ({
        role: 'tool',
        tool_call_id: each.id,
        content: 'Rain, 7 degrees.',
      })),
    ];
    const second = await ask({ tools: forced.tools, messages });
    assert.ok(call.id);
    assert.ok(second.usage.prompt_tokens > first.usage.prompt_tokens);
  });
  test('are called piece by piece in a stream', async () => {
    const chunks = await chunksOf({ ...forced, tool_choice: 'required' });
    const pieces = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    const first = pieces.filter((piece) => piece.index === 0);
    assert.match(first[0].id, /^call_/);
    assert.ok(first.slice(1).every((piece) => piece.id === undefined));
    const text = first.map((piece) => piece.function.arguments).join('');
    assert.equal(typeof JSON.parse(text).city, 'string');
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'tool_calls');
  });
  test('run through the tool runner', async () => {
    const cities = [];
    const runner = client.chat.completions.runTools(
      {
        ...asking({ messages: question, max_tokens: 96 }),
        tool_choice: 'required',
        tools: [
          {
            type: 'function',
            function: {
              ...weather.function,
              parse: JSON.parse,
              function: (input) => {
                cities.push(input.city);
                return 'Rain.';
              },
            },
          },
        ],
      },
      { maxChatCompletions: 2 },
    );
    await runner.done();
    assert.ok(cities.length > 0);
  });
  test('that nobody could call are refused by name', async () => {
    const named = { type: 'function', function: { name: 'other' } };
    const refused = await refusalOf(ask({ ...forced, tool_choice: named }), OpenAI.BadRequestError);
    assert.equal(refused.param, 'tool_choice.function.name');
    const none = await refusalOf(ask({ tool_choice: 'required' }), OpenAI.BadRequestError);
    assert.equal(none.param, 'tool_choice');
  });
});

describe('a form', () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 8 }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const response_format = { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } };

  test('of a schema is kept', async () => {
    const person = JSON.parse(await textOf({ response_format, max_tokens: 128 }));
    assert.deepEqual(Object.keys(person).sort(), ['age', 'name']);
    assert.equal(typeof person.name, 'string');
    assert.ok(Number.isInteger(person.age));
  });
  test('of a schema is parsed by the helper', async () => {
    const answer = await client.chat.completions.parse(
      asking({ response_format, max_tokens: 128 }),
    );
    assert.equal(typeof answer.choices[0].message.content, 'string');
  });
  test('of any object is kept', async () => {
    const more = { response_format: { type: 'json_object' }, max_tokens: 200 };
    const answer = await ask(more);
    if (answer.choices[0].finish_reason === 'stop') {
      assert.equal(typeof JSON.parse(answer.choices[0].message.content), 'object');
    } else {
      assert.match(answer.choices[0].message.content, /^\s*\{/);
    }
  });
  test('that is none is refused by name', async () => {
    const wrong = { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'nothing' } } };
    const error = await refusalOf(ask({ response_format: wrong }), OpenAI.BadRequestError);
    assert.match(error.param, /^response_format/);
  });
});

describe('a completion', () => {
  const completing = (more) => ({
    model,
    prompt: 'Once upon a time',
    max_tokens: 8,
    temperature: 0,
    ...more,
  });
  const complete = (more) => client.completions.create(completing(more));

  test('goes on with a prompt', async () => {
    const answer = await complete();
    assert.equal(answer.object, 'text_completion');
    assert.match(answer.id, /^cmpl-/);
    assert.ok(answer.choices[0].text.length > 0);
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.equal(answer.usage.completion_tokens, 8);
  });
  test('is short unless one asks for more', async () => {
    const answer = await complete({ max_tokens: null, ignore_eos: true });
    assert.equal(answer.usage.completion_tokens, 16);
  });
  test('may be of many prompts', async () => {
    const prompt = ['One', 'Two'];
    const { choices, usage } = await complete({ prompt, n: 2, best_of: 2 });
    assert.deepEqual(choices.map((choice) => choice.index), [0, 1, 2, 3]);
    const alone = await complete({ prompt: 'Two' });
    assert.equal(choices[2].text, alone.choices[0].text);
    assert.ok(usage.prompt_tokens > alone.usage.prompt_tokens);
  });
  test('may be of tokens', async () => {
    const { tokens } = await (
      await fetch(`${process.env.HEARTH_COMPAT_URL}/hearth/v1/tokenize`, {
        method: 'POST',
        body: JSON.stringify({ model, text: 'Once upon a time', add_special: true }),
      })
    ).json();
    const [text, ids] = [await complete(), await complete({ prompt: tokens })];
    assert.equal(ids.choices[0].text, text.choices[0].text);
    assert.equal(ids.usage.prompt_tokens, tokens.length);
    const error = await refusalOf(complete({ prompt: [99_999_999] }), OpenAI.BadRequestError);
    assert.equal(error.param, 'prompt');
  });
  test('echoes its prompt', async () => {
    const [plain, echo] = [await complete(), await complete({ echo: true })];
    assert.equal(echo.choices[0].text, `Once upon a time${plain.choices[0].text}`);
  });
  test('tells logprobs in lists', async () => {
    const { choices } = await complete({ logprobs: 2 });
    const { tokens, token_logprobs, top_logprobs, text_offset } = choices[0].logprobs;
    assert.equal(tokens.join(''), choices[0].text);
    assert.equal(token_logprobs.length, tokens.length);
    assert.ok(top_logprobs.every((each) => Object.keys(each).length >= 1));
    assert.equal(text_offset[0], 0);
    assert.equal(text_offset.at(-1), choices[0].text.length - tokens.at(-1).length);
  });
  test('is the best of several', async () => {
    const more = { best_of: 3, n: 1, temperature: 1, seed: 5 };
    const { choices, usage } = await complete(more);
    assert.equal(choices.length, 1);
    assert.ok(usage.completion_tokens > 8);
  });
  test('is streamed', async () => {
    const stream_options = { include_usage: true };
    const chunks = await all(complete({ stream: true, stream_options }));
    assert.equal(streamed(chunks), (await complete()).choices[0].text);
    assert.equal(chunks.at(-1).usage.completion_tokens, 8);
  });
  test('stops before a stop sequence', async () => {
    const whole = (await complete()).choices[0].text;
    const stop = whole.slice(3, 5);
    const { choices } = await complete({ stop });
    assert.equal(choices[0].text, whole.slice(0, whole.indexOf(stop)));
    assert.equal(choices[0].finish_reason, 'stop');
  });
  test('of what cannot be is refused by name', async () => {
    const wrong = [
      [{ best_of: 1, n: 2 }, 'best_of'],
      [{ echo: true, logprobs: 1 }, 'echo'],
      [{ logprobs: 99 }, 'logprobs'],
      [{ prompt: [] }, 'prompt'],
      [{ best_of: 2, stream: true }, 'best_of'],
    ];
    for (const [more, param] of wrong)
      assert.equal((await refusalOf(complete(more), OpenAI.BadRequestError)).param, param);
  });
});

describe('a response', () => {
  const responding = (more) => ({
    model,
    input: 'Hello!',
    max_output_tokens: 32,
    temperature: 0,
    ...more,
  });
  const respond = (more, options) => client.responses.create(responding(more), options);
  const tools = [{ type: 'function', strict: true, ...weather.function }];
  const calling = { tools, tool_choice: 'required', max_output_tokens: 96, input: question };

  test('is a message with an id', async () => {
    const response = await respond({ max_output_tokens: 200 });
    assert.match(response.id, /^resp_[0-9a-z]+$/);
    assert.equal(response.object, 'response');
    assert.equal(response.status, 'completed');
    assert.equal(response.error, null);
    const message = response.output.find((item) => item.type === 'message');
    assert.match(message.id, /^msg_/);
    assert.equal(message.role, 'assistant');
    assert.equal(message.content[0].type, 'output_text');
    assert.equal(response.output_text, message.content[0].text);
    assert.ok(response.output_text.length > 0);
  });
  test('says what a chat says', async () => {
    assert.equal((await respond()).output_text, await textOf());
  });
  test('tells how many tokens it took', async () => {
    const { usage } = await respond();
    assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
    assert.ok(usage.input_tokens_details.cached_tokens >= 0);
    assert.ok(usage.output_tokens_details.reasoning_tokens >= 0);
  });
  test('is incomplete where the limit ends it', async () => {
    const response = await respond({ max_output_tokens: 2 });
    assert.equal(response.status, 'incomplete');
    assert.equal(response.incomplete_details.reason, 'max_output_tokens');
    assert.equal(response.usage.output_tokens, 2);
  });
  test('says again what was asked', async () => {
    const response = await respond({ instructions: 'Be brief.', metadata: { a: 'b' }, top_p: 0.5 });
    assert.equal(response.instructions, 'Be brief.');
    assert.deepEqual(response.metadata, { a: 'b' });
    assert.equal(response.top_p, 0.5);
    assert.equal(response.max_output_tokens, 32);
    assert.equal(response.parallel_tool_calls, true);
    assert.equal(response.truncation, 'disabled');
  });
  test('has instructions before its input', async () => {
    const bare = await respond({ max_output_tokens: 1 });
    const more = await respond({ max_output_tokens: 1, instructions: 'Be brief.' });
    assert.ok(more.usage.input_tokens > bare.usage.input_tokens);
  });
  test('takes items of a conversation', async () => {
    const input = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] },
      { role: 'assistant', content: 'Hi!' },
      { type: 'message', role: 'user', content: 'How are you?' },
    ];
    assert.ok((await respond({ input })).output_text.length > 0);
  });
  test('calls a function, and goes on with what came of it', async () => {
    const first = await respond(calling);
    const call = first.output.find((item) => item.type === 'function_call');
    assert.match(call.call_id, /^call_/);
    assert.equal(typeof JSON.parse(call.arguments).city, 'string');
    assert.equal(call.status, 'completed');
    const results = first.output
      .filter((item) => item.type === 'function_call')
      .map((item) => ({ type: 'function_call_output', call_id: item.call_id, output: 'Rain.' }));
    const stateless = await respond({ tools, input: [...question, ...first.output, ...results] });
    const stateful = await respond({ tools, previous_response_id: first.id, input: results });
    const named = first.output.map(({ id }) => ({ type: 'item_reference', id }));
    const referring = await respond({ tools, input: [...question, ...named, ...results] });
    assert.equal(stateful.output_text, stateless.output_text);
    assert.equal(referring.output_text, stateless.output_text);
    assert.equal(stateful.usage.input_tokens, stateless.usage.input_tokens);
  });
  test('calls the function that is named', async () => {
    const other = { ...tools[0], name: 'get_time' };
    const tool_choice = { type: 'function', name: 'get_time' };
    const response = await respond({ ...calling, tools: [...tools, other], tool_choice });
    assert.equal(response.output.find((item) => item.type === 'function_call').name, 'get_time');
  });
  test('keeps a form', async () => {
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer' } },
      required: ['age'],
      additionalProperties: false,
    };
    const text = { format: { type: 'json_schema', name: 'n', strict: true, schema } };
    const response = await client.responses.parse(responding({ text, max_output_tokens: 64 }));
    assert.ok(Number.isInteger(JSON.parse(response.output_text).age));
  });
  test('tells logprobs where they are included', async () => {
    const include = ['message.output_text.logprobs'];
    const response = await respond({ include, top_logprobs: 2, max_output_tokens: 3 });
    const [part] = response.output.find((item) => item.type === 'message').content;
    assert.ok(part.logprobs.length > 0);
    assert.equal(part.logprobs[0].top_logprobs.length, 2);
  });
  test('names hosted tools, which it leaves out', async () => {
    const more = { tools: [{ type: 'web_search' }, { type: 'file_search', vector_store_ids: [] }] };
    const ignored = await ignoredOf(client.responses.create(responding(more)));
    assert.equal(ignored, 'tools.web_search, tools.file_search');
  });
  test('goes on with one before it', async () => {
    const first = await respond();
    const second = await respond({ previous_response_id: first.id, input: 'And you?' });
    assert.equal(second.previous_response_id, first.id);
    const input = [hello, { role: 'assistant', content: first.output_text }];
    const same = await respond({ input: [...input, { role: 'user', content: 'And you?' }] });
    assert.equal(second.usage.input_tokens, same.usage.input_tokens);
    assert.equal(second.output_text, same.output_text);
    const third = await respond({ previous_response_id: second.id, input: 'So?' });
    assert.ok(third.usage.input_tokens > second.usage.input_tokens);
  });
  test('is found again, listed and deleted', async () => {
    const made = await respond({ input: [hello] });
    const found = await client.responses.retrieve(made.id);
    assert.equal(found.output_text, made.output_text);
    assert.deepEqual(found.usage, made.usage);
    const items = await client.responses.inputItems.list(made.id);
    assert.equal(items.data[0].role, 'user');
    assert.equal(items.data[0].content[0].text, 'Hello!');
    await client.responses.delete(made.id);
    await refusalOf(client.responses.retrieve(made.id), OpenAI.NotFoundError);
  });
  test('that is not to be stored is not', async () => {
    const made = await respond({ store: false });
    assert.equal(made.store, false);
    await refusalOf(client.responses.retrieve(made.id), OpenAI.NotFoundError);
    const refused = respond({ previous_response_id: made.id });
    const error = await refusalOf(refused, OpenAI.BadRequestError);
    assert.equal(error.code, 'previous_response_not_found');
    assert.equal(error.param, 'previous_response_id');
  });
  test('counts its input', async () => {
    const { input_tokens } = await client.responses.inputTokens.count({ model, input: 'Hello!' });
    assert.equal(input_tokens, (await respond({ max_output_tokens: 1 })).usage.input_tokens);
  });
  test('of what cannot be is refused by name', async () => {
    const wrong = [
      [{ background: true }, 'background'],
      [{ max_output_tokens: 0 }, 'max_output_tokens'],
      [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
      [{ conversation: 'c' }, 'conversation'],
      [{ tools: [{ type: 'unheard', name: 'c' }] }, 'tools[0].type'],
    ];
    for (const [more, param] of wrong)
      assert.equal((await refusalOf(respond(more), OpenAI.BadRequestError)).param, param);
    await refusalOf(client.responses.cancel('resp_1'), OpenAI.BadRequestError);
  });

  test('is streamed as a sequence of events', async () => {
    const events = await all(respond({ stream: true, max_output_tokens: 200 }));
    const types = events.map((event) => event.type).filter((type) => !type.endsWith('.delta'));
    assert.deepEqual(types, [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    assert.deepEqual(events.map((event) => event.sequence_number), [...events.keys()]);
    const deltas = events.filter((event) => event.type === 'response.output_text.delta');
    const text = deltas.map((event) => event.delta).join('');
    assert.equal(events.find((event) => event.type === 'response.output_text.done').text, text);
    const last = events.at(-1).response;
    assert.equal(last.output[0].content[0].text, text);
    assert.equal((await client.responses.retrieve(last.id)).output_text, text);
  });
  test('streams the arguments of a call', async () => {
    const events = await all(respond({ ...calling, stream: true }));
    const added = events.find(
      (event) =>
        event.type === 'response.output_item.added' && event.item.type === 'function_call',
    );
    const mine = (event) => event.item_id === added.item.id;
    const deltas = events.filter((event) => event.type.endsWith('arguments.delta') && mine(event));
    const done = events.find((event) => event.type.endsWith('arguments.done') && mine(event));
    assert.equal(deltas.map((event) => event.delta).join(''), done.arguments);
    assert.equal(typeof JSON.parse(done.arguments).city, 'string');
  });
  test('is put together by the helper', async () => {
    const stream = client.responses.stream(responding());
    const seen = [];
    stream.on('response.output_text.delta', (event) => seen.push(event.delta));
    const response = await stream.finalResponse();
    assert.equal(seen.join(''), response.output_text);
  });
  test('that is streamed ends incomplete at its limit', async () => {
    const events = await all(respond({ stream: true, max_output_tokens: 2 }));
    assert.equal(events.at(-1).type, 'response.incomplete');
  });
  test('that is streamed can be left', async () => {
    const stream = await respond({ stream: true, max_output_tokens: 2000, ignore_eos: true });
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') break;
    }
    assert.ok(stream.controller.signal.aborted);
  });
});

describe('embeddings', () => {
  const embed = (more) => client.embeddings.create({ model: encoder, input: 'a cat', ...more });
  const norm = (vector) => Math.hypot(...vector);

  test('are vectors of length 1', async () => {
    const { data, usage, object } = await embed();
    assert.equal(object, 'list');
    assert.equal(data[0].object, 'embedding');
    assert.ok(Math.abs(norm(data[0].embedding) - 1) < 1e-3);
    assert.ok(usage.prompt_tokens > 0);
  });
  test('are the same as numbers and as base64', async () => {
    const floats = (await embed({ encoding_format: 'float' })).data[0].embedding;
    const text = (await embed({ encoding_format: 'base64' })).data[0].embedding;
    const bytes = Buffer.from(text, 'base64');
    const values = [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
    assert.equal(values.length, floats.length);
    values.forEach((value, i) => assert.ok(Math.abs(value - floats[i]) < 1e-6));
  });
  test('may be cut', async () => {
    const { data } = await embed({ dimensions: 16 });
    assert.equal(data[0].embedding.length, 16);
    assert.ok(Math.abs(norm(data[0].embedding) - 1) < 1e-3);
    const error = await refusalOf(embed({ dimensions: 99_999 }), OpenAI.BadRequestError);
    assert.equal(error.param, 'dimensions');
  });
  test('are in the order of the inputs', async () => {
    const { data } = await embed({ input: ['a cat', 'the sea', 'a cat'] });
    assert.deepEqual(data.map((each) => each.index), [0, 1, 2]);
    data[0].embedding.forEach((v, i) => assert.ok(Math.abs(v - data[2].embedding[i]) < 1e-4));
  });
  test('are made of tokens', async () => {
    assert.equal((await embed({ input: [[5, 6], [7]] })).data.length, 2);
  });
  test('are refused by a model that makes none, and of nothing', async () => {
    await refusalOf(embed({ input: [] }), OpenAI.BadRequestError);
    const error = await refusalOf(embed({ input: '' }), OpenAI.BadRequestError);
    assert.equal(error.param, 'input');
  });
});

describe('models', () => {
  test('are listed', async () => {
    const list = await client.models.list();
    assert.ok(list.data.some((each) => each.id === model && each.object === 'model'));
    assert.ok(list.data.some((each) => each.id === encoder));
  });
  test('are shown one by one', async () => {
    const shown = await client.models.retrieve(model);
    assert.equal(shown.id, model);
    assert.equal(shown.owned_by, 'hearth');
    const error = await refusalOf(client.models.retrieve('none'), OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
  });
});

describe('a recording', () => {
  const file = new File([Buffer.from('RIFF')], 'a.wav', { type: 'audio/wav' });

  test('is refused clearly while no model hears', async () => {
    for (const route of [client.audio.transcriptions, client.audio.translations]) {
      const error = await refusalOf(route.create({ file, model }), OpenAI.BadRequestError);
      assert.equal(error.param, 'model');
      assert.match(error.message, /cannot hear/);
    }
    await refusalOf(
      client.audio.transcriptions.create({ file, model: 'whisper-1' }),
      OpenAI.NotFoundError,
    );
  });
});

describe('an error', () => {
  test('names its field and has the class of its status', async () => {
    const error = await refusalOf(ask({ temperature: 9 }), OpenAI.BadRequestError);
    assert.equal(error.status, 400);
    assert.equal(error.type, 'invalid_request_error');
    assert.equal(error.param, 'temperature');
    assert.match(error.message, /temperature/);
    assert.match(error.requestID, /^req-/);
  });
  test('of an unknown field says so', async () => {
    const error = await refusalOf(ask({ who_knows: 1 }), OpenAI.BadRequestError);
    assert.equal(error.param, 'who_knows');
  });
  test('of an unknown model is not found', async () => {
    const error = await refusalOf(ask({ model: 'none' }), OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    assert.equal(error.param, 'model');
  });
  test('of an unknown route is not found', async () => {
    const error = await refusalOf(client.get('/nothing'), OpenAI.NotFoundError);
    assert.equal(error.code, 'unknown_url');
  });
  test('of a prompt that is too long says so', async () => {
    const messages = [{ role: 'user', content: 'sea '.repeat(200_000) }];
    const error = await refusalOf(ask({ messages }), OpenAI.BadRequestError);
    assert.equal(error.code, 'context_length_exceeded');
    assert.equal(error.param, 'messages');
  });
  test('comes where nobody waits any longer', async () => {
    const slow = ask({ max_tokens: 2000, ignore_eos: true }, { timeout: 50 });
    await refusalOf(slow, OpenAI.APIConnectionTimeoutError);
  });
});

describe('a daemon with keys', () => {
  const program = process.env.HEARTH_COMPAT_PROGRAM;
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth_compat_keys_'));
  const others = {};
  let daemon;
  let url;

  const keyOf = (...options) =>
    execFileSync(program, ['keys', 'inbound', 'create', ...options], {
      env: { ...process.env, HEARTH_HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  const begin = async () => {
    daemon = startDaemon(program, home);
    url = await urlOf(daemon, []);
  };
  const end = async () => {
    const ended = exitOf(daemon);
    daemon.kill('SIGTERM');
    await ended;
  };
  const clientOf = (apiKey) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });

  before(async () => {
    for (const name of ['one', 'two']) others[name] = keyOf('--name', name);
    others.slow = keyOf('--name', 'slow', '--requests-per-minute', '1');
    await begin();
  });
  after(async () => {
    await end();
    fs.rmSync(home, { recursive: true, force: true });
  });

  test('refuses who has none', async () => {
    const error = await refusalOf(clientOf('wrong').models.list(), OpenAI.AuthenticationError);
    assert.equal(error.status, 401);
    assert.equal(error.code, 'invalid_api_key');
  });
  test('asks who comes too often to wait', async () => {
    const slow = clientOf(others.slow);
    await slow.models.list();
    const error = await refusalOf(slow.models.list(), OpenAI.RateLimitError);
    assert.equal(error.code, 'rate_limit_exceeded');
    assert.ok(Number(error.headers.get('retry-after')) > 0);
  });
  test('keeps responses for the key that made them', async () => {
    const [one, two] = [clientOf(others.one), clientOf(others.two)];
    const body = { model, input: 'Hello!', max_output_tokens: 2 };
    const made = await one.responses.create(body);
    assert.equal((await one.responses.retrieve(made.id)).id, made.id);
    await refusalOf(two.responses.retrieve(made.id), OpenAI.NotFoundError);
    await refusalOf(two.responses.delete(made.id), OpenAI.NotFoundError);
    const stolen = two.responses.create({ ...body, previous_response_id: made.id });
    await refusalOf(stolen, OpenAI.BadRequestError);
  });
  test('finds responses again after it was started anew', async () => {
    const body = { model, input: 'Hello!', max_output_tokens: 2 };
    const made = await clientOf(others.one).responses.create(body);
    await end();
    await begin();
    const one = clientOf(others.one);
    assert.equal((await one.responses.retrieve(made.id)).output_text, made.output_text);
    const next = await one.responses.create({ ...body, previous_response_id: made.id });
    assert.ok(next.usage.input_tokens > made.usage.input_tokens);
  });
});
