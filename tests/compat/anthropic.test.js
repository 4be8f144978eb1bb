// @anthropic-ai/sdk against the daemon, as its users write it.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const Anthropic = require('@anthropic-ai/sdk').default;

const client = new Anthropic({
  apiKey: 'not-needed',
  baseURL: process.env.HEARTH_COMPAT_URL,
  maxRetries: 0,
});

test('an unknown path is a NotFoundError', async () => {
  await assert.rejects(client.get('/v1/nothing'), Anthropic.NotFoundError);
});
