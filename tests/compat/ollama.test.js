// The official client of Ollama against the daemon, as its users write it: OLLAMA_HOST points here.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { describe, test } = require('node:test');
const { Ollama } = require('ollama');

const host = process.env.HEARTH_COMPAT_URL;
const client = new Ollama({ host });
const model = 'ember';
const short = { num_predict: 12, temperature: 0, seed: 1 };
const hello = [{ role: 'user', content: 'Hello' }];

async function all(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}
// What the client does not show: statuses and headers.
function post(path, body, method = 'POST') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(host + path, { method, body: text });
}
function refused(promise, status, words) {
  return assert.rejects(promise, (error) => {
    assert.equal(error.name, 'ResponseError');
    assert.equal(error.status_code, status);
    assert.match(error.error, words);
    return true;
  });
}
function checkEnd(last) {
  assert.equal(last.done, true);
  for (const key of ['total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration']) {
    assert.ok(Number.isInteger(last[key]) && last[key] >= 0, `${key}: ${last[key]}`);
  }
  assert.ok(last.prompt_eval_count > 0);
  assert.ok(last.eval_count > 0);
}
function norm(vector) {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

describe('who is there', () => {
  test('the root says that Ollama is running', async () => {
    const reply = await fetch(host + '/');
    assert.equal(reply.status, 200);
    assert.equal(await reply.text(), 'Ollama is running');
  });
  test('HEAD of the root is answered, as the command line asks it', async () => {
    assert.equal((await fetch(host + '/', { method: 'HEAD' })).status, 200);
  });
  test('version is one that clients can compare', async () => {
    assert.match((await client.version()).version, /^\d+\.\d+\.\d+$/);
  });
});

describe('chat', () => {
  test('answers whole', async () => {
    const reply = await client.chat({ model, messages: hello, options: short });
    assert.equal(reply.model, model);
    assert.equal(reply.message.role, 'assistant');
    assert.ok(reply.message.content.length > 0);
    assert.ok(!Number.isNaN(Date.parse(reply.created_at)));
    checkEnd(reply);
  });
  test('streams, and the last part has the numbers', async () => {
    const parts = await all(
      await client.chat({ model, messages: hello, options: short, stream: true }),
    );
    assert.ok(parts.length > 1);
    assert.ok(parts.slice(0, -1).every((part) => part.done === false));
    checkEnd(parts.at(-1));
    assert.ok(parts.map((part) => part.message.content).join('').length > 0);
  });
  test('says the same streamed and whole', async () => {
    const whole = await client.chat({ model, messages: hello, options: short });
    const parts = await all(
      await client.chat({ model, messages: hello, options: short, stream: true }),
    );
    assert.equal(parts.map((part) => part.message.content).join(''), whole.message.content);
  });
  test('ends at num_predict with length', async () => {
    const options = { ...short, num_predict: 3 };
    const reply = await client.chat({ model, messages: hello, options });
    assert.equal(reply.done_reason, 'length');
    assert.equal(reply.eval_count, 3);
  });
  test('takes -1 for as long as fits', async () => {
    const options = { temperature: 0, num_predict: -1, stop: [' '] };
    const reply = await client.chat({ model, messages: hello, options });
    assert.equal(reply.done_reason, 'stop');
  });
  test('stops at a stop sequence', async () => {
    const whole = await client.chat({ model, messages: hello, options: short });
    const stop = whole.message.content.slice(2, 5);
    const reply = await client.chat({ model, messages: hello, options: { ...short, stop } });
    assert.equal(reply.done_reason, 'stop');
    assert.ok(!reply.message.content.includes(stop));
  });
  test('a seed repeats an answer', async () => {
    const options = { num_predict: 12, temperature: 1, seed: 42 };
    const ask = () => client.chat({ model, messages: hello, options });
    assert.equal((await ask()).message.content, (await ask()).message.content);
  });
  test('a system message is taken', async () => {
    const messages = [{ role: 'system', content: 'You are brief.' }, ...hello];
    assert.ok((await client.chat({ model, messages, options: short })).done);
  });
  test('a conversation goes on', async () => {
    const first = await client.chat({ model, messages: hello, options: short });
    const messages = [...hello, first.message, { role: 'user', content: 'And now?' }];
    const next = await client.chat({ model, messages, options: short });
    assert.ok(next.prompt_eval_count > first.prompt_eval_count);
  });
  test('an assistant’s beginning is gone on with', async () => {
    const messages = [...hello, { role: 'assistant', content: 'Good' }];
    assert.ok((await client.chat({ model, messages, options: short })).done);
  });
  test('the name with its tag is the same model', async () => {
    const reply = await client.chat({ model: 'ember:latest', messages: hello, options: short });
    assert.equal(reply.model, 'ember:latest');
  });
  test('logprobs come with each token', async () => {
    const ask = { model, messages: hello, options: short, logprobs: true, top_logprobs: 2 };
    const reply = await client.chat(ask);
    assert.ok(reply.logprobs.length > 0);
    assert.ok(reply.logprobs[0].logprob <= 0);
    assert.equal(reply.logprobs[0].top_logprobs.length, 2);
    assert.equal(typeof reply.logprobs[0].token, 'string');
  });
  test('logprobs are streamed', async () => {
    const ask = { model, messages: hello, options: short, logprobs: true, stream: true };
    const parts = await all(await client.chat(ask));
    assert.ok(parts.some((part) => part.logprobs?.length > 0));
  });
  test('no logprobs come unasked', async () => {
    const reply = await client.chat({ model, messages: hello, options: short });
    assert.equal(reply.logprobs, undefined);
  });
  test('think false gives no thinking', async () => {
    const reply = await client.chat({ model, messages: hello, options: short, think: false });
    assert.ok(!reply.message.thinking);
  });
  test('a wish to think of a model that cannot is refused, in words, too', async () => {
    await client.chat({ model, messages: hello, options: short }); // now it is known
    for (const think of [true, 'low'])
      await refused(client.chat({ model, messages: hello, think }), 400, /does not support thinking/);
  });
  test('a word that is no measure of thinking is refused', async () => {
    await refused(client.chat({ model, messages: hello, think: 'madly' }), 400, /think/);
  });
  test('a stream that is aborted ends', async () => {
    const own = new Ollama({ host });
    // Long enough that it cannot have arrived before it is called off.
    const options = { num_predict: 20_000, ignore_eos: true };
    const stream = await own.chat({ model, messages: hello, stream: true, options });
    await assert.rejects(async () => {
      for await (const part of stream) if (!part.done) own.abort();
    }, /abort/i);
  });
  test('several at once are all answered', async () => {
    const ask = () => client.chat({ model, messages: hello, options: short });
    const replies = await Promise.all([ask(), ask(), ask(), ask()]);
    assert.ok(replies.every((reply) => reply.done));
  });
});

describe('formats', () => {
  test('json is an object', async () => {
    const messages = [{ role: 'user', content: 'Give me a JSON object.' }];
    const options = { num_predict: 200, temperature: 0 };
    const reply = await client.chat({ model, messages, format: 'json', options });
    assert.match(reply.message.content, /^\s*\{/);
    if (reply.done_reason === 'stop') JSON.parse(reply.message.content);
  });
  test('a schema is kept', async () => {
    const format = {
      type: 'object',
      properties: { name: { type: 'string', maxLength: 10 }, age: { enum: [7, 70] } },
      required: ['name', 'age'],
    };
    const options = { num_predict: 200, temperature: 0 };
    const reply = await client.chat({ model, messages: hello, format, options });
    const value = JSON.parse(reply.message.content);
    assert.equal(typeof value.name, 'string');
    assert.ok(Number.isInteger(value.age));
  });
  test('generate keeps a schema, too', async () => {
    const format = { type: 'string', enum: ['yes', 'no'] };
    const reply = await client.generate({ model, prompt: 'Is it?', format, options: short });
    assert.match(reply.response, /^"(yes|no)"$/);
  });
  test('an unknown format is refused', async () => {
    await refused(client.chat({ model, messages: hello, format: 'yaml' }), 400, /format/);
  });
  test('a schema that makes no sense is refused', async () => {
    const format = { type: 'nonsense' };
    await refused(client.chat({ model, messages: hello, format }), 400, /./);
  });
});

describe('tools', () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'Tells the weather of a city.',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
      },
    },
  ];
  const messages = [{ role: 'user', content: 'Tell me the weather in Berlin.' }];
  const options = { temperature: 0, num_predict: 96 };

  test('are called with arguments that are an object', async () => {
    const { message, done_reason } = await client.chat({ model, messages, tools, options });
    assert.equal(message.tool_calls[0].function.name, 'get_weather');
    assert.equal(typeof message.tool_calls[0].function.arguments, 'object');
    assert.equal(typeof message.tool_calls[0].function.arguments.city, 'string');
    assert.equal(done_reason, 'stop');
  });
  test('calls are streamed whole', async () => {
    const parts = await all(await client.chat({ model, messages, tools, options, stream: true }));
    const calls = parts.flatMap((part) => part.message.tool_calls ?? []);
    assert.equal(calls[0].function.name, 'get_weather');
    assert.equal(typeof calls[0].function.arguments.city, 'string');
    assert.equal(parts.at(-1).done, true);
  });
  test('results go back to the model', async () => {
    const first = await client.chat({ model, messages, tools, options });
    const result = { role: 'tool', tool_name: 'get_weather', content: 'sunny, 21 degrees' };
    const next = await client.chat({
      model,
      messages: [...messages, first.message, result],
      tools,
      options,
    });
    assert.ok(next.message.content.length > 0);
  });
  test('without them nothing is called', async () => {
    const { message } = await client.chat({ model, messages, options });
    assert.equal(message.tool_calls, undefined);
  });
  test('one without a name is refused', async () => {
    const nameless = [{ type: 'function', function: { description: 'x' } }];
    await refused(client.chat({ model, messages, tools: nameless }), 400, /tools\[0\]/);
  });
});

describe('generate', () => {
  const prompt = 'Hello';
  test('answers whole', async () => {
    const reply = await client.generate({ model, prompt, options: short });
    assert.ok(reply.response.length > 0);
    checkEnd(reply);
  });
  test('streams', async () => {
    const parts = await all(await client.generate({ model, prompt, options: short, stream: true }));
    assert.ok(parts.map((part) => part.response).join('').length > 0);
    checkEnd(parts.at(-1));
  });
  test('a system message changes the prompt', async () => {
    const bare = await client.generate({ model, prompt, options: short });
    const led = await client.generate({ model, prompt, system: 'Be kind.', options: short });
    assert.ok(led.prompt_eval_count > bare.prompt_eval_count);
  });
  test('raw has nothing around the prompt', async () => {
    const bare = await client.generate({ model, prompt, options: short });
    const raw = await client.generate({ model, prompt, raw: true, options: short });
    assert.ok(raw.prompt_eval_count < bare.prompt_eval_count);
    assert.equal(raw.context, undefined);
  });
  test('raw with a system message is refused', async () => {
    await refused(client.generate({ model, prompt, raw: true, system: 'x' }), 400, /raw mode/);
  });
  test('a context is gone on with', async () => {
    const first = await client.generate({ model, prompt, options: short });
    assert.ok(Array.isArray(first.context) && first.context.length > 0);
    const next = await client.generate({
      model,
      prompt: 'And now?',
      context: first.context,
      options: short,
    });
    assert.ok(next.prompt_eval_count > first.prompt_eval_count + first.eval_count);
  });
  test('a context of somebody else is refused', async () => {
    await refused(client.generate({ model, prompt, context: [1, 2, 3] }), 400, /context/);
  });
  test('a template is refused with what to do', async () => {
    await refused(client.generate({ model, prompt, template: '{{ .Prompt }}' }), 400, /model/);
  });
  test('images are refused with the reason', async () => {
    const images = [Buffer.from('no image').toString('base64')];
    await refused(client.generate({ model, prompt, images }), 400, /images.*no model sees/);
  });
  test('images in messages are refused, too', async () => {
    const messages = [{ ...hello[0], images: [new Uint8Array([1, 2])] }];
    await refused(client.chat({ model, messages }), 400, /images/);
  });
  test('a suffix needs a model that was taught to fill a gap', async () => {
    await refused(client.generate({ model, prompt, suffix: 'end' }), 400, /fill a gap/);
  });
  test('every option of the client is taken, or named as ignored', async () => {
    const reply = await post('/api/generate', {
      model,
      prompt,
      stream: false,
      options: {
        ...short,
        numa: false,
        num_ctx: 2048,
        num_batch: 64,
        num_gpu: 0,
        num_thread: 1,
        num_keep: 4,
        top_k: 20,
        top_p: 0.9,
        min_p: 0.1,
        tfs_z: 1,
        typical_p: 1,
        repeat_last_n: 64,
        repeat_penalty: 1.1,
        presence_penalty: 0.1,
        frequency_penalty: 0.1,
        mirostat: 0,
        mirostat_tau: 5,
        mirostat_eta: 0.1,
        penalize_newline: true,
        stop: ['never'],
      },
    });
    assert.equal(reply.status, 200);
    const ignored = reply.headers.get('x-hearth-ignored').split(', ');
    assert.ok(ignored.includes('options.num_ctx'));
    assert.ok(!ignored.includes('options.top_k'));
  });
  test('an option that is mistyped is refused with the right one', async () => {
    const options = { temprature: 1 };
    await refused(client.generate({ model, prompt, options }), 400, /temperature/);
  });
  test('an option of the wrong type is refused', async () => {
    const options = { num_predict: 'many' };
    await refused(client.generate({ model, prompt, options }), 400, /num_predict/);
  });
});

describe('too long', () => {
  const messages = [{ role: 'user', content: 'hearth '.repeat(12_000) }];
  const options = { num_predict: 4 };
  test('is refused where it may not be cut', async () => {
    const ask = { model, messages, options, truncate: false };
    await refused(client.chat(ask), 400, /context/);
  });
  test('an older turn goes first', async () => {
    const long = [
      { role: 'user', content: 'hearth '.repeat(2500) },
      { role: 'assistant', content: 'Yes.' },
      ...hello,
    ];
    const reply = await client.chat({ model, messages: long, options });
    assert.ok(reply.done);
  });
});

describe('loading', () => {
  test('an empty prompt loads', async () => {
    const reply = await client.generate({ model, prompt: '', keep_alive: '10m' });
    assert.equal(reply.done_reason, 'load');
    assert.equal(reply.response, '');
  });
  test('no messages load', async () => {
    const reply = await client.chat({ model, messages: [] });
    assert.equal(reply.done_reason, 'load');
    assert.equal(reply.message.content, '');
  });
  test('what is loaded is listed with its end', async () => {
    await client.generate({ model, prompt: '', keep_alive: '10m' });
    const { models } = await client.ps();
    const ember = models.find((each) => each.name === 'ember:latest');
    assert.ok(ember.size > 0);
    assert.equal(ember.size_vram, 0);
    assert.match(ember.digest, /^[0-9a-f]{64}$/);
    const left = Date.parse(ember.expires_at) - Date.now();
    assert.ok(left > 9 * 60_000 && left < 11 * 60_000, String(left));
  });
  test('keep_alive -1 stays', async () => {
    await client.generate({ model, prompt: '', keep_alive: -1 });
    const { models } = await client.ps();
    const ember = models.find((each) => each.name === 'ember:latest');
    assert.ok(new Date(ember.expires_at).getFullYear() > 2100);
  });
  test('keep_alive 0 lets it go', async () => {
    const reply = await client.generate({ model, prompt: '', keep_alive: 0 });
    assert.equal(reply.done_reason, 'unload');
    const { models } = await client.ps();
    assert.ok(!models.some((each) => each.name === 'ember:latest'));
  });
  test('a time that is none is refused', async () => {
    const ask = { model, prompt: 'a', keep_alive: 'a while' };
    await refused(client.generate(ask), 400, /keep_alive/);
  });
});

describe('models', () => {
  test('are listed', async () => {
    const { models } = await client.list();
    const ember = models.find((each) => each.name === 'ember:latest');
    assert.equal(ember.model, 'ember:latest');
    assert.ok(ember.size > 0);
    assert.match(ember.digest, /^[0-9a-f]{64}$/);
    assert.equal(ember.details.format, 'gguf');
    assert.ok(ember.details.family.length > 0);
    assert.deepEqual(ember.details.families, [ember.details.family]);
    assert.match(ember.details.parameter_size, /^[\d.]+[BMK]$/);
    assert.ok(!Number.isNaN(Date.parse(ember.modified_at)));
  });
  test('are shown', async () => {
    const shown = await client.show({ model });
    assert.match(shown.modelfile, /^FROM /);
    assert.ok(shown.template.length > 0);
    assert.equal(typeof shown.parameters, 'string');
    assert.ok(shown.capabilities.includes('completion'));
    assert.ok(shown.capabilities.includes('tools'));
    const family = shown.model_info['general.architecture'];
    assert.ok(shown.model_info[`${family}.context_length`] > 0);
    assert.equal(shown.details.family, family);
  });
  test('that embed say so', async () => {
    const { models } = await client.list();
    const encoder = models.find((each) => each.capabilities?.includes('embedding'));
    assert.ok(encoder, 'one ships with Hearth');
  });
  test('that do not exist are 404 in every call', async () => {
    const none = 'no-such-model';
    await refused(client.chat({ model: none, messages: hello }), 404, /model '.*' not found/);
    await refused(client.generate({ model: none, prompt: 'a' }), 404, /not found/);
    await refused(client.generate({ model: none, prompt: '' }), 404, /not found/);
    await refused(client.embed({ model: none, input: 'a' }), 404, /not found/);
    await refused(client.show({ model: none }), 404, /not found/);
    await refused(client.delete({ model: none }), 404, /not found/);
    await refused(client.copy({ source: none, destination: 'other' }), 404, /not found/);
  });
  test('an error of a stream comes before it begins', async () => {
    const ask = { model: 'no-such-model', messages: hello, stream: true };
    await refused(client.chat(ask), 404, /not found/);
  });
});

describe('making models', () => {
  test('one is created of another, and says how far it is', async () => {
    const parts = await all(
      await client.create({
        model: 'mario',
        from: model,
        system: 'You are Mario.',
        parameters: { temperature: 0.1, stop: ['never'] },
        messages: [{ role: 'user', content: 'Who are you?' }],
        license: 'mit',
        stream: true,
      }),
    );
    assert.ok(parts.length > 1);
    assert.equal(parts.at(-1).status, 'success');
  });
  test('it has what was said of it', async () => {
    const shown = await client.show({ model: 'mario' });
    assert.equal(shown.system, 'You are Mario.');
    assert.match(shown.parameters, /temperature +0\.1/);
    assert.match(shown.modelfile, /SYSTEM/);
    assert.match(shown.license, /mit/);
    assert.equal(shown.messages[0].content, 'Who are you?');
  });
  test('it answers', async () => {
    const reply = await client.chat({ model: 'mario', messages: hello, options: short });
    assert.ok(reply.done);
  });
  test('create answers at once, too', async () => {
    const reply = await client.create({ model: 'mario2', from: 'ember:latest', stream: false });
    assert.equal(reply.status, 'success');
  });
  test('one is copied and listed', async () => {
    assert.deepEqual(await client.copy({ source: 'mario', destination: 'luigi' }), {
      status: 'success',
    });
    const { models } = await client.list();
    assert.ok(models.some((each) => each.name === 'luigi:latest'));
  });
  test('one is deleted', async () => {
    assert.deepEqual(await client.delete({ model: 'luigi' }), { status: 'success' });
    await refused(client.show({ model: 'luigi' }), 404, /not found/);
  });
  test('what ships cannot be deleted', async () => {
    await assert.rejects(client.delete({ model }), /ships with Hearth/);
  });
  test('of nothing nothing is made', async () => {
    await refused(client.create({ model: 'x', stream: false }), 400, /'from' or 'files'/);
  });
  test('quantising is refused with what to do', async () => {
    const ask = { model: 'x', from: model, quantize: 'q4_K_M', stream: false };
    await refused(client.create(ask), 400, /hearth quantize/);
  });
  test('a file is sent once, under its digest', async () => {
    const bytes = 'this is no model';
    const digest = crypto.createHash('sha256').update(bytes).digest('hex');
    const path = `/api/blobs/sha256:${digest}`;
    assert.equal((await fetch(host + path, { method: 'HEAD' })).status, 404);
    assert.equal((await post(path, bytes)).status, 201);
    assert.equal((await post(path, bytes)).status, 200);
    assert.equal((await fetch(host + path, { method: 'HEAD' })).status, 200);
    const made = await post('/api/create', { model: 'x', files: { 'x.gguf': `sha256:${digest}` } });
    assert.ok(made.status >= 400);
    assert.match((await made.json()).error, /./);
  });
  test('a file with another digest is refused', async () => {
    const reply = await post(`/api/blobs/sha256:${'0'.repeat(64)}`, 'bytes');
    assert.equal(reply.status, 400);
    assert.match((await reply.json()).error, /digest mismatch/);
  });
  test('pushing is refused', async () => {
    await refused(client.push({ model, stream: false }), 501, /publishes no models/);
  });
  test('a name that is none is not pulled', async () => {
    await refused(client.pull({ model: 'a b/c\\d', stream: false }), 400, /./);
  });
});

describe('vectors', () => {
  let encoder;
  async function encoderName() {
    if (encoder) return encoder;
    const { models } = await client.list();
    encoder = models.find((each) => each.capabilities?.includes('embedding')).name;
    return encoder;
  }
  test('one text is one vector of length one', async () => {
    const reply = await client.embed({ model: await encoderName(), input: 'a cat' });
    assert.equal(reply.embeddings.length, 1);
    assert.ok(Math.abs(norm(reply.embeddings[0]) - 1) < 1e-3);
    assert.ok(reply.prompt_eval_count > 0);
    assert.ok(reply.total_duration > 0);
  });
  test('several come in their order', async () => {
    const input = ['a cat', 'a dog', 'a cat'];
    const { embeddings } = await client.embed({ model: await encoderName(), input });
    assert.equal(embeddings.length, 3);
    assert.deepEqual(embeddings[0], embeddings[2]);
    assert.notDeepEqual(embeddings[0], embeddings[1]);
  });
  test('dimensions cut them', async () => {
    const ask = { model: await encoderName(), input: 'a cat', dimensions: 16 };
    assert.equal((await client.embed(ask)).embeddings[0].length, 16);
  });
  test('what is too long is cut', async () => {
    const ask = { model: await encoderName(), input: 'hearth '.repeat(2000) };
    assert.equal((await client.embed(ask)).embeddings.length, 1);
  });
  test('or refused where it may not be', async () => {
    const input = 'hearth '.repeat(2000);
    const ask = { model: await encoderName(), input, truncate: false };
    await refused(client.embed(ask), 400, /tokens/);
  });
  test('of nothing there is nothing', async () => {
    const { embeddings } = await client.embed({ model: await encoderName(), input: [] });
    assert.deepEqual(embeddings, []);
  });
  test('the older call gives one', async () => {
    const name = await encoderName();
    const { embedding } = await client.embeddings({ model: name, prompt: 'a cat' });
    const { embeddings } = await client.embed({ model: name, input: 'a cat' });
    assert.deepEqual(embedding, embeddings[0]);
  });
  test('a model that embeds does not chat', async () => {
    const ask = { model: await encoderName(), messages: hello };
    await refused(client.chat(ask), 400, /embeddings/);
  });
});

describe('bodies that are wrong', () => {
  test('no body', async () => {
    const reply = await post('/api/chat', '');
    assert.equal(reply.status, 400);
    assert.deepEqual(await reply.json(), { error: 'missing request body' });
  });
  test('no JSON', async () => {
    const reply = await post('/api/generate', '{"model":');
    assert.equal(reply.status, 400);
    assert.equal(typeof (await reply.json()).error, 'string');
  });
  test('no model', async () => {
    await refused(client.chat({ messages: hello }), 400, /model/);
  });
  test('an unknown field is refused by name', async () => {
    const reply = await post('/api/chat', { model, messages: hello, colour: 'red' });
    assert.equal(reply.status, 400);
    assert.match((await reply.json()).error, /colour/);
  });
  test('an unknown role is refused by name', async () => {
    const messages = [{ role: 'king', content: 'a' }];
    await refused(client.chat({ model, messages }), 400, /messages\[0\]\.role/);
  });
  test('a page of another origin is refused in the same shape', async () => {
    const reply = await fetch(host + '/api/chat', {
      method: 'POST',
      body: '{}',
      headers: { Origin: 'http://evil.example' },
    });
    assert.equal(reply.status, 403);
    assert.equal(typeof (await reply.json()).error, 'string');
  });
});
