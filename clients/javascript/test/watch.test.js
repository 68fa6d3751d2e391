import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SnapAssetClient } from 'snapasset-client';
import { RESULT, breakOff, event, failure, scripted, streamOf } from './server.js';

const client = (url, options) => new SnapAssetClient(url, 't', { backoffMs: 1, ...options });
const DONE = event('done', 9, { result: RESULT });

async function types(events) {
  const seen = [];
  for await (const { type } of events) seen.push(type);
  return seen;
}

test('events come until done, with credentials, and the stream is left', async (t) => {
  const pieces = [event('connected', 1), event('progress', 2), ': note\n\n', DONE];
  const { url, asked } = await scripted(t, streamOf([...pieces, event('progress', 3)], { open: true }));
  assert.deepEqual(await types(client(url).watch('gen-1')), ['connected', 'progress', 'done']);
  assert.equal(asked[0].headers.authorization, 'Bearer t');
  assert.equal(asked[0].headers.accept, 'text/event-stream');
  assert.equal(asked[0].url, '/api/sse/jobs/gen-1');
});

test('a stream that breaks off goes on from the snapshot of the next', async (t) => {
  const half = DONE.slice(0, 20);
  const { url, asked } = await scripted(
    t,
    streamOf([event('connected', 1), event('progress', 2), half]),
    breakOff,
    [503, failure('SERVICE_UNAVAILABLE')],
    [429, failure('RATE_LIMIT_EXCEEDED'), { 'retry-after': '0' }],
    streamOf([event('connected', 8), DONE]),
  );
  const seen = await types(client(url).watch('gen-1'));
  assert.deepEqual(seen, ['connected', 'progress', 'connected', 'done']);
  assert.equal(asked.length, 5);
});

test('a silent stream is given up and made anew', async (t) => {
  const { url, asked } = await scripted(
    t,
    streamOf([event('connected', 1)], { open: true }),
    streamOf([event('connected', 1), DONE]),
  );
  const seen = await types(client(url).watch('gen-1', { silenceMs: 500 }));
  assert.equal(seen.at(-1), 'done');
  assert.ok(asked.length >= 2); // a busy machine may be silent for longer
});

test('connections without news are bounded', async (t) => {
  const { url, asked } = await scripted(t, streamOf([event('connected', 1)]));
  const watching = types(client(url).watch('gen-1', { maxFailures: 3 }));
  await assert.rejects(watching, { code: 'STREAM_ENDED' });
  assert.equal(asked.length, 4); // the first one brought news
});

for (const [status, code] of [[401, 'UNAUTHORIZED'], [404, 'JOB_NOT_FOUND']]) {
  test(`a ${status} ends the watching at once`, async (t) => {
    const { url, asked } = await scripted(t, [status, failure(code)]);
    await assert.rejects(types(client(url).watch('gen-1')), { status, code });
    assert.equal(asked.length, 1);
  });
}

test('an answer that is no stream or no JSON is an error, not silence', async (t) => {
  const page = await scripted(t, [200, '<h1>Sign in</h1>', { 'content-type': 'text/html' }]);
  const text = await scripted(t, streamOf(['data: hello\n\n']));
  await assert.rejects(types(client(page.url).watch('gen-1')), { code: 'BAD_ANSWER' });
  await assert.rejects(types(client(text.url).watch('gen-1')), { code: 'BAD_ANSWER' });
});

test('an abort ends the watching and the connection', async (t) => {
  let left;
  const gone = new Promise((resolve) => (left = resolve));
  const { url } = await scripted(t, (request, response) => {
    response.on('close', left);
    streamOf([event('connected', 1)], { open: true })(request, response);
  });
  const controller = new AbortController();
  const seen = [];
  await assert.rejects(async () => {
    for await (const { type } of client(url).watch('gen-1', { signal: controller.signal })) {
      seen.push(type);
      controller.abort();
    }
  }, { name: 'AbortError' });
  await gone;
  assert.deepEqual(seen, ['connected']);
});

test('leaving the loop closes the connection', async (t) => {
  let left;
  const gone = new Promise((resolve) => (left = resolve));
  const { url } = await scripted(t, (request, response) => {
    response.on('close', left);
    streamOf([event('connected', 1)], { open: true })(request, response);
  });
  for await (const { type } of client(url).watch('gen-1')) if (type === 'connected') break;
  await gone;
});
