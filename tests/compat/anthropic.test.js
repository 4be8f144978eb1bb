// @anthropic-ai/sdk against the daemon, as its users write it. What answers is ember, which knows
// little; so the tests ask for forms, numbers and order, and for words only where they are forced.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const Anthropic = require('@anthropic-ai/sdk').default;

const baseURL = process.env.HEARTH_COMPAT_URL;
const client = new Anthropic({ apiKey: 'not-needed', baseURL, maxRetries: 0 });
const model = 'ember';

const hello = { role: 'user', content: 'Hello!' };
const weather = {
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  },
};
const asking = (more) => ({ model, max_tokens: 32, temperature: 0, messages: [hello], ...more });
const ask = (more, options) => client.messages.create(asking(more), options);
const textOf = (message) =>
  message.content.filter((block) => block.type === 'text').map((block) => block.text).join('');
const ignoredOf = async (promise) =>
  (await promise.asResponse()).headers.get('x-hearth-ignored') ?? '';
const totalInput = (usage) => usage.input_tokens + usage.cache_read_input_tokens;

async function eventsOf(more, options) {
  const events = [];
  for await (const event of await ask({ ...more, stream: true }, options)) events.push(event);
  return events;
}

async function refusalOf(promise, kind) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
    return error;
  }
  return assert.fail('it was accepted');
}

describe('a message', () => {
  test('is an answer of the assistant with an id', async () => {
    const message = await ask();
    assert.equal(message.type, 'message');
    assert.equal(message.role, 'assistant');
    assert.equal(message.model, model);
    assert.match(message.id, /^msg_[0-9a-z]+$/);
    assert.equal(message.content[0].type, 'text');
    assert.ok(textOf(message).length > 0);
  });
  test('ends its turn by itself', async () => {
    const message = await ask({ max_tokens: 200 });
    assert.equal(message.stop_reason, 'end_turn');
    assert.equal(message.stop_sequence, null);
  });
  test('tells how many tokens it took', async () => {
    const { usage } = await ask();
    assert.ok(totalInput(usage) > 0);
    assert.ok(usage.output_tokens > 0 && usage.output_tokens <= 32);
    assert.equal(usage.cache_creation_input_tokens, 0);
    assert.equal(usage.service_tier, 'standard');
  });
  test('stops at max_tokens', async () => {
    const message = await ask({ max_tokens: 2 });
    assert.equal(message.stop_reason, 'max_tokens');
    assert.equal(message.usage.output_tokens, 2);
  });
  test('of no tokens only reads its prompt', async () => {
    const message = await ask({ max_tokens: 0 });
    assert.deepEqual(message.content, []);
    assert.equal(message.stop_reason, 'max_tokens');
    assert.equal(message.usage.output_tokens, 0);
  });
  test('is the same again without chance', async () => {
    const [one, other] = [await ask(), await ask()];
    assert.equal(textOf(one), textOf(other));
  });
  test('stops at a stop sequence and names it', async () => {
    const whole = textOf(await ask());
    const stop = whole.slice(2, 6);
    const message = await ask({ stop_sequences: ['never said', stop] });
    assert.equal(message.stop_reason, 'stop_sequence');
    assert.equal(message.stop_sequence, stop);
    assert.equal(textOf(message), whole.slice(0, whole.indexOf(stop)));
  });
  test('goes on with what the assistant has begun', async () => {
    const whole = textOf(await ask());
    const begun = whole.slice(0, 5);
    const message = await ask({ messages: [hello, { role: 'assistant', content: begun }] });
    assert.equal(textOf(message), whole.slice(5));
  });
  test('has a request id', async () => {
    const message = await ask();
    assert.match(message._request_id, /^req-/);
  });
  test('takes sampling fields', async () => {
    const message = await ask({ temperature: 1, top_p: 0.9, top_k: 5 });
    assert.equal(message.type, 'message');
  });
  test('comes with headers through withResponse', async () => {
    const { data, response, request_id } = await client.messages.create(asking()).withResponse();
    assert.equal(data.role, 'assistant');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('request-id'), request_id);
  });
});

describe('a prompt', () => {
  const countOf = async (more) => totalInput((await ask({ max_tokens: 1, ...more })).usage);

  test('may have a system text', async () => {
    assert.ok((await countOf({ system: 'Be brief.' })) > (await countOf({})));
  });
  test('may have a system of blocks, which are its lines', async () => {
    const blocks = [
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be kind.' },
    ];
    assert.equal(
      await countOf({ system: blocks }),
      await countOf({ system: 'Be brief.\nBe kind.' }),
    );
  });
  test('may have content of blocks', async () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello!' }] }];
    assert.equal(textOf(await ask({ messages })), textOf(await ask()));
  });
  test('may have several turns', async () => {
    const messages = [hello, { role: 'assistant', content: 'Hi!' }, hello];
    assert.ok((await countOf({ messages })) > 2 * (await countOf({})) - 8);
  });
  test('joins turns of one role', async () => {
    const two = [
      { role: 'user', content: 'Hello!' },
      { role: 'user', content: 'Who are you?' },
    ];
    const one = [{ role: 'user', content: 'Hello!\nWho are you?' }];
    assert.equal(await countOf({ messages: two }), await countOf({ messages: one }));
  });
  test('may have documents of text', async () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'The code is 4711.' };
    const content = [
      { type: 'document', source, title: 'Note' },
      { type: 'text', text: 'What is the code?' },
    ];
    const message = await ask({ messages: [{ role: 'user', content }] });
    assert.ok(totalInput(message.usage) > 20);
  });
  test('may have results of a search', async () => {
    const content = [
      {
        type: 'search_result',
        source: 'https://example.org',
        title: 'Codes',
        content: [{ type: 'text', text: 'The code is 4711.' }],
      },
      { type: 'text', text: 'What is the code?' },
    ];
    assert.equal((await ask({ messages: [{ role: 'user', content }] })).type, 'message');
  });
  test('may have thoughts of earlier turns', async () => {
    const content = [
      { type: 'thinking', thinking: 'They greet me.', signature: 'abc' },
      { type: 'redacted_thinking', data: 'xyz' },
      { type: 'text', text: 'Hello.' },
    ];
    const messages = [hello, { role: 'assistant', content }, { role: 'user', content: 'Again!' }];
    const ignored = await ignoredOf(client.messages.create(asking({ messages })));
    assert.match(ignored, /messages\.content\.redacted_thinking/);
  });
  test('may have cache_control where it likes', async () => {
    const cache_control = { type: 'ephemeral', ttl: '1h' };
    const message = await ask({
      cache_control,
      system: [{ type: 'text', text: 'Be brief.', cache_control }],
      tools: [{ ...weather, cache_control }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello!', cache_control }] }],
    });
    assert.equal(message.type, 'message');
  });
  test('is found in the cache when it begins like another', async () => {
    const system = `Answer in one word. ${'Rules are rules. '.repeat(40)}`;
    const first = await ask({ system, max_tokens: 1 });
    const answered = { role: 'assistant', content: 'Hi!' };
    const messages = [hello, answered, { role: 'user', content: 'Go.' }];
    const second = await ask({ system, max_tokens: 1, messages });
    assert.ok(second.usage.cache_read_input_tokens > 100, JSON.stringify(second.usage));
    assert.ok(second.usage.input_tokens < totalInput(first.usage) / 2);
  });
  test('keeps its cache though its billing line changes', async () => {
    const systemOf = (cch) => [
      { type: 'text', text: `x-anthropic-billing-header: cch=${cch}` },
      { type: 'text', text: `You write code. ${'Rules are good. '.repeat(40)}` },
    ];
    await ask({ system: systemOf(1), max_tokens: 1 });
    const second = await ask({ system: systemOf(2), max_tokens: 1 });
    assert.ok(second.usage.cache_read_input_tokens > 100, JSON.stringify(second.usage));
  });
});

describe('fields without effect', () => {
  test('are accepted and named', async () => {
    const more = { metadata: { user_id: 'u' }, service_tier: 'auto', inference_geo: 'eu' };
    const ignored = await ignoredOf(client.messages.create(asking(more)));
    assert.equal(ignored, 'metadata, service_tier, inference_geo');
  });
  test('of betas that nobody knows are named too', async () => {
    const betas = ['who-knows-2027-01-01'];
    const ignored = await ignoredOf(
      client.beta.messages.create({ ...asking({ brand_new: { on: true } }), betas }),
    );
    assert.match(ignored, /brand_new/);
  });
  test('that nobody knows are refused without betas', async () => {
    const error = await refusalOf(ask({ brand_new: 1 }), Anthropic.BadRequestError);
    assert.match(error.message, /brand_new is not a field that is supported here/);
  });
  test('of context management and hosted servers are named', async () => {
    const ignored = await ignoredOf(
      client.beta.messages.create({
        ...asking(),
        betas: ['context-management-2025-06-27'],
        context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
        mcp_servers: [],
      }),
    );
    assert.match(ignored, /context_management/);
    assert.match(ignored, /mcp_servers/);
  });
  test('are not sent in a header when there are none', async () => {
    const response = await client.messages.create(asking()).asResponse();
    assert.equal(response.headers.get('x-hearth-ignored'), null);
  });
});

describe('tools', () => {
  const tools = [weather];
  const question = [{ role: 'user', content: 'What is the weather in Oslo?' }];
  const forced = { tools, messages: question, max_tokens: 96 };
  const callsOf = (message) => message.content.filter((block) => block.type === 'tool_use');

  test('are called when any must be', async () => {
    const message = await ask({ ...forced, tool_choice: { type: 'any' } });
    assert.equal(message.stop_reason, 'tool_use');
    const [call] = callsOf(message);
    assert.equal(call.name, 'get_weather');
    assert.equal(typeof call.input.city, 'string');
    assert.match(call.id, /^[a-zA-Z0-9_-]+$/);
  });
  test('are called by name', async () => {
    const other = { ...weather, name: 'get_time', description: 'Tells the time of a city.' };
    const tool_choice = { type: 'tool', name: 'get_time' };
    const message = await ask({ ...forced, tools: [weather, other], tool_choice });
    assert.equal(callsOf(message)[0].name, 'get_time');
  });
  test('are called once where several calls are not wanted', async () => {
    const tool_choice = { type: 'any', disable_parallel_tool_use: true };
    assert.equal(callsOf(await ask({ ...forced, tool_choice })).length, 1);
  });
  test('are not called where none may be', async () => {
    const message = await ask({ ...forced, tool_choice: { type: 'none' } });
    assert.equal(callsOf(message).length, 0);
    assert.notEqual(message.stop_reason, 'tool_use');
  });
  test('may be called where the model decides', async () => {
    const message = await ask({ ...forced, tool_choice: { type: 'auto' } });
    const called = callsOf(message).length > 0;
    assert.equal(message.stop_reason, called ? 'tool_use' : 'end_turn');
  });
  test('have results that the model reads', async () => {
    const first = await ask({ ...forced, tool_choice: { type: 'any' } });
    const [call] = callsOf(first);
    const content = [{ type: 'tool_result', tool_use_id: call.id, content: 'Rain, 7 degrees.' }];
    const messages = [
      ...question,
      { role: 'assistant', content: first.content },
      { role: 'user', content },
    ];
    const second = await ask({ tools, messages });
    assert.ok(totalInput(second.usage) > totalInput(first.usage));
  });
  test('have results of blocks, empty ones and failed ones', async () => {
    const use = (id) => ({ type: 'tool_use', id, name: 'get_weather', input: { city: id } });
    const content = [
      { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'Rain.' }] },
      { type: 'tool_result', tool_use_id: 'b' },
      { type: 'tool_result', tool_use_id: 'c', content: 'no such city', is_error: true },
      { type: 'text', text: 'So?' },
    ];
    const messages = [
      ...question,
      { role: 'assistant', content: [use('a'), use('b'), use('c')] },
      { role: 'user', content },
    ];
    assert.equal((await ask({ tools, messages })).type, 'message');
  });
  test('that Anthropic runs are left out and named', async () => {
    const hosted = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    const ignored = await ignoredOf(
      client.messages.create(asking({ tools: [hosted, { type: 'who_knows', name: 'w' }] })),
    );
    assert.equal(ignored, 'tools.web_search_20250305, tools.who_knows');
  });
  test('may be strict and of the type custom', async () => {
    const message = await ask({
      ...forced,
      tools: [{ ...weather, type: 'custom', strict: true }],
      tool_choice: { type: 'any' },
    });
    assert.equal(typeof callsOf(message)[0].input.city, 'string');
  });
  test('with two of one name are refused', async () => {
    await refusalOf(ask({ tools: [weather, weather] }), Anthropic.BadRequestError);
  });
  test('that must be called and are none are refused', async () => {
    const error = await refusalOf(
      ask({ tool_choice: { type: 'any' } }),
      Anthropic.BadRequestError,
    );
    assert.match(error.message, /tool_choice\.type/);
  });
  test('run through the tool runner until an answer stands', async () => {
    const cities = [];
    const runner = client.beta.messages.toolRunner({
      ...asking({ messages: question, max_tokens: 96 }),
      max_iterations: 2,
      tools: [{ ...weather, run: (input) => (cities.push(input.city), 'Rain.') }],
    });
    const last = await runner.runUntilDone();
    assert.equal(last.role, 'assistant');
  });
});

describe('an answer of a form', () => {
  const schema = {
    type: 'object',
    properties: { colour: { enum: ['red', 'green'] } },
    required: ['colour'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', schema };

  test('is what its schema says', async () => {
    const message = await ask({ output_config: { format }, max_tokens: 64 });
    assert.match(JSON.parse(textOf(message)).colour, /^(red|green)$/);
  });
  test('may be asked for in the older field', async () => {
    const betas = ['structured-outputs-2025-11-13'];
    const message = await client.beta.messages.create({
      ...asking({ max_tokens: 64 }),
      output_format: format,
      betas,
    });
    assert.match(JSON.parse(textOf(message)).colour, /^(red|green)$/);
  });
  test('is parsed by the client', async () => {
    const message = await client.messages.parse(
      asking({ output_config: { format }, max_tokens: 64 }),
    );
    assert.equal(message.stop_reason, 'end_turn');
  });
  test('of no schema is refused', async () => {
    const error = await refusalOf(
      ask({ output_config: { format: { type: 'json_schema' } } }),
      Anthropic.BadRequestError,
    );
    assert.match(error.message, /output_config\.format\.schema/);
  });
});

describe('thinking', () => {
  for (const thinking of [
    { type: 'enabled', budget_tokens: 1024 },
    { type: 'disabled' },
    { type: 'adaptive' },
    { type: 'adaptive', display: 'omitted' },
  ]) {
    test(`${thinking.type} ${thinking.display ?? ''} is taken by a model that cannot`, async () => {
      const message = await ask({ thinking });
      assert.ok(textOf(message).length > 0);
    });
  }
  test('has an effort', async () => {
    assert.equal((await ask({ output_config: { effort: 'low' } })).type, 'message');
  });
  test('of a kind that is none is refused', async () => {
    const error = await refusalOf(ask({ thinking: { type: 'deep' } }), Anthropic.BadRequestError);
    assert.match(error.message, /thinking\.type/);
  });
});

describe('a stream', () => {
  test('has its events in their order', async () => {
    const types = (await eventsOf({})).map((event) => event.type);
    assert.deepEqual(types.slice(0, 2), ['message_start', 'content_block_start']);
    assert.deepEqual(types.slice(-3), ['content_block_stop', 'message_delta', 'message_stop']);
    for (const type of types.slice(2, -3)) assert.equal(type, 'content_block_delta');
  });
  test('says the same as the whole answer', async () => {
    const deltas = (await eventsOf({})).filter((event) => event.type === 'content_block_delta');
    const text = deltas.map((event) => event.delta.text).join('');
    assert.equal(text, textOf(await ask()));
  });
  test('begins with a message that is empty', async () => {
    const [{ message }] = await eventsOf({});
    assert.deepEqual(message.content, []);
    assert.equal(message.stop_reason, null);
    assert.ok(message.usage.input_tokens > 0);
  });
  test('ends with why and how much', async () => {
    const last = (await eventsOf({ max_tokens: 3 })).at(-2);
    assert.equal(last.delta.stop_reason, 'max_tokens');
    assert.equal(last.usage.output_tokens, 3);
    assert.ok(last.usage.cache_read_input_tokens >= 0);
  });
  test('names its stop sequence', async () => {
    const stop = textOf(await ask()).slice(2, 6);
    const last = (await eventsOf({ stop_sequences: [stop] })).at(-2);
    assert.deepEqual(
      [last.delta.stop_reason, last.delta.stop_sequence],
      ['stop_sequence', stop],
    );
  });
  test('is put together by the client', async () => {
    const heard = [];
    const stream = client.messages.stream(asking()).on('text', (text) => heard.push(text));
    const message = await stream.finalMessage();
    assert.equal(heard.join(''), textOf(message));
    assert.equal(textOf(message), textOf(await ask()));
    assert.equal(message.stop_reason, 'end_turn');
  });
  test('gives its final text', async () => {
    const text = await client.messages.stream(asking()).finalText();
    assert.equal(text, textOf(await ask()));
  });
  test('of a call has its input in pieces that make JSON', async () => {
    const pieces = [];
    const message = await client.messages
      .stream(asking({ tools: [weather], tool_choice: { type: 'any' }, max_tokens: 96 }))
      .on('inputJson', (piece) => pieces.push(piece))
      .finalMessage();
    const call = message.content.find((block) => block.type === 'tool_use');
    assert.deepEqual(JSON.parse(pieces.join('')), call.input);
    assert.equal(message.stop_reason, 'tool_use');
  });
  test('through the beta interface is the same', async () => {
    const message = await client.beta.messages
      .stream({ ...asking(), betas: ['who-knows-2027-01-01'] })
      .finalMessage();
    assert.equal(textOf(message), textOf(await ask()));
  });
  test('can be aborted, and the next request works', async () => {
    const stream = await ask({ max_tokens: 512, stream: true });
    for await (const event of stream) {
      if (event.type === 'content_block_delta') stream.controller.abort();
    }
    assert.equal((await ask()).type, 'message');
  });
  test('that fails before it begins is an error of its kind', async () => {
    await refusalOf(ask({ model: 'nobody', stream: true }), Anthropic.NotFoundError);
  });
  test('of several clients at once is each whole', async () => {
    const texts = await Promise.all(
      [1, 2, 3].map(() => client.messages.stream(asking()).finalText()),
    );
    for (const text of texts) assert.equal(text, texts[0]);
  });
});

describe('an error', () => {
  const kindOf = (error) => error.error?.error?.type;

  test('of an unknown model is a NotFoundError', async () => {
    const error = await refusalOf(ask({ model: 'nobody' }), Anthropic.NotFoundError);
    assert.equal(kindOf(error), 'not_found_error');
    assert.match(error.requestID, /^req-/);
    assert.equal(error.error.request_id, error.requestID);
  });
  test('of a model of Anthropic says what to do', async () => {
    const error = await refusalOf(ask({ model: 'claude-opus-4-1' }), Anthropic.NotFoundError);
    assert.match(error.message, /hearth cp NAME claude-opus-4-1/);
    assert.match(error.message, /ANTHROPIC_MODEL/);
  });
  test('of a missing limit names it', async () => {
    const error = await refusalOf(
      client.messages.create({ model, messages: [hello] }),
      Anthropic.BadRequestError,
    );
    assert.equal(kindOf(error), 'invalid_request_error');
    assert.match(error.message, /max_tokens/);
  });
  test('of no messages names them', async () => {
    const error = await refusalOf(ask({ messages: [] }), Anthropic.BadRequestError);
    assert.match(error.message, /messages/);
  });
  test('of a wrong role names its place', async () => {
    const messages = [hello, { role: 'robot', content: 'beep' }];
    const error = await refusalOf(ask({ messages }), Anthropic.BadRequestError);
    assert.match(error.message, /messages\[1\]\.role/);
  });
  test('of a wrong number names its field', async () => {
    const error = await refusalOf(ask({ temperature: 7 }), Anthropic.BadRequestError);
    assert.match(error.message, /temperature/);
  });
  test('of an image says that no model sees', async () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
    const messages = [{ role: 'user', content: [{ type: 'image', source }] }];
    const error = await refusalOf(ask({ messages }), Anthropic.BadRequestError);
    assert.match(error.message, /is an image, and no model here sees images yet/);
  });
  test('of a document that is no text says so', async () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' };
    const messages = [{ role: 'user', content: [{ type: 'document', source }] }];
    const error = await refusalOf(ask({ messages }), Anthropic.BadRequestError);
    assert.match(error.message, /source\.type/);
  });
  test('of a prompt that is too long is worded as clients expect', async () => {
    const messages = [{ role: 'user', content: 'word '.repeat(20_000) }];
    const error = await refusalOf(ask({ messages }), Anthropic.BadRequestError);
    assert.match(error.message, /prompt is too long/);
  });
  test('of batches is a NotFoundError', async () => {
    const requests = [{ custom_id: 'a', params: asking() }];
    const error = await refusalOf(
      client.messages.batches.create({ requests }),
      Anthropic.NotFoundError,
    );
    assert.match(error.message, /batches are not served here/);
  });
  test('of an unknown path is a NotFoundError', async () => {
    await refusalOf(client.get('/v1/nothing'), Anthropic.NotFoundError);
  });
  test('of a daemon that is not there is an APIConnectionError', async () => {
    const nobody = new Anthropic({ apiKey: 'x', baseURL: 'http://127.0.0.1:9', maxRetries: 0 });
    await refusalOf(nobody.messages.create(asking()), Anthropic.APIConnectionError);
  });
  test('of a client that waits no longer is its own', async () => {
    const more = { max_tokens: 1000, stop_sequences: ['never said'] };
    await refusalOf(ask(more, { timeout: 1 }), Anthropic.APIConnectionTimeoutError);
  });
});

describe('tokens', () => {
  const counted = async (more) =>
    (await client.messages.countTokens({ model, messages: [hello], ...more })).input_tokens;

  test('are counted as they are used', async () => {
    assert.equal(await counted({}), totalInput((await ask({ max_tokens: 1 })).usage));
  });
  test('of a system and of tools are counted with them', async () => {
    const plain = await counted({});
    const told = await counted({ system: 'Be brief.' });
    assert.ok(told > plain);
    assert.ok((await counted({ system: 'Be brief.', tools: [weather] })) > told);
  });
  test('are counted through the beta interface', async () => {
    const { input_tokens } = await client.beta.messages.countTokens({ model, messages: [hello] });
    assert.equal(input_tokens, await counted({}));
  });
  test('of an unknown model are not counted', async () => {
    await refusalOf(
      client.messages.countTokens({ model: 'nobody', messages: [hello] }),
      Anthropic.NotFoundError,
    );
  });
});

describe('models', () => {
  test('are listed with their dates', async () => {
    const page = await client.models.list();
    const ember = page.data.find((one) => one.id === model);
    assert.equal(ember.type, 'model');
    assert.ok(!Number.isNaN(Date.parse(ember.created_at)));
    assert.equal(page.has_more, false);
  });
  test('come page by page', async () => {
    const ids = [];
    for await (const one of client.models.list({ limit: 1 })) ids.push(one.id);
    const all = await client.models.list();
    assert.deepEqual(ids, all.data.map((one) => one.id));
  });
  test('go on behind an id', async () => {
    const all = (await client.models.list()).data;
    const rest = (await client.models.list({ after_id: all[0].id })).data;
    assert.deepEqual(rest.map((one) => one.id), all.slice(1).map((one) => one.id));
  });
  test('are shown by their id', async () => {
    assert.equal((await client.models.retrieve(model)).display_name, model);
  });
  test('that are not there are a NotFoundError', async () => {
    await refusalOf(client.models.retrieve('nobody'), Anthropic.NotFoundError);
  });
  test('are the same through the beta interface', async () => {
    assert.equal((await client.beta.models.retrieve(model)).id, model);
  });
});
