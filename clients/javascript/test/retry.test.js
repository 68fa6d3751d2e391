import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SnapAssetClient } from 'snapasset-client';
import { breakOff, failure, scripted } from './server.js';

const LIMITED = [429, failure('RATE_LIMIT_EXCEEDED'), { 'retry-after': '0' }];
const CREATED = [201, { jobId: 'gen-1' }];
const ORDER = { userId: 'user-123', prompt: 'A beautiful sunset', platforms: ['twitter-post'] };
const client = (url, options) => new SnapAssetClient(url, 't', { backoffMs: 1, ...options });

test('a 429 is tried again', async (t) => {
  const { url, asked } = await scripted(t, LIMITED, LIMITED, [200, { jobId: 'gen-1' }]);
  assert.deepEqual(await client(url).getJob('gen-1'), { jobId: 'gen-1' });
  assert.equal(asked.length, 3);
});

test('tries are bounded', async (t) => {
  const { url, asked } = await scripted(t, LIMITED);
  await assert.rejects(client(url, { attempts: 3 }).getJob('gen-1'), { status: 429 });
  assert.equal(asked.length, 3);
});

test('Retry-After is waited for', async (t) => {
  const { url } = await scripted(t, [429, {}, { 'retry-after': '1' }], [200, {}]);
  const began = performance.now();
  await client(url).getJob('gen-1');
  assert.ok(performance.now() - began >= 990);
});

test('a Retry-After beyond the longest pause is an error at once', async (t) => {
  const { url, asked } = await scripted(t, [429, {}, { 'retry-after': '900' }]);
  await assert.rejects(client(url).getJob('gen-1'), { retryAfter: 900 });
  assert.equal(asked.length, 1);
});

test('an abort ends the pause', async (t) => {
  const { url } = await scripted(t, [429, {}, { 'retry-after': '50' }]);
  const signal = AbortSignal.timeout(30);
  await assert.rejects(client(url).getJob('gen-1', { signal }), { name: 'TimeoutError' });
});

test('every try of a create has one key, and each create its own', async (t) => {
  const busy = [503, failure('QUEUE_FULL'), { 'retry-after': '0' }];
  const { url, asked } = await scripted(t, breakOff, busy, [502, ''], CREATED);
  await client(url).createJob(ORDER);
  await client(url).createJob(ORDER);
  const keys = asked.map((request) => request.headers['idempotency-key']);
  assert.equal(asked.length, 5);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  assert.equal(new Set(keys.slice(0, 4)).size, 1);
  assert.notEqual(keys[4], keys[0]);
});

test('the key may be given', async (t) => {
  const { url, asked } = await scripted(t, CREATED);
  await client(url).createJob(ORDER, { idempotencyKey: 'order-17' });
  assert.equal(asked[0].headers['idempotency-key'], 'order-17');
});

test('a retry of a job is not repeated after a lost answer', async (t) => {
  const { url, asked } = await scripted(t, breakOff, [200, {}]);
  await assert.rejects(client(url).retryJob('gen-1'), { code: 'NETWORK_ERROR' });
  assert.equal(asked.length, 1);
});

test('a retry of a job is repeated after a refusal', async (t) => {
  const { url, asked } = await scripted(t, LIMITED, [200, { status: 'retrying' }]);
  assert.equal((await client(url).retryJob('gen-1')).status, 'retrying');
  assert.equal(asked.length, 2);
});

for (const status of [400, 401, 403, 404, 409, 500]) {
  test(`a ${status} is not tried again`, async (t) => {
    const { url, asked } = await scripted(t, [status, failure('ANY')]);
    await assert.rejects(client(url).getJob('gen-1'), { status });
    assert.equal(asked.length, 1);
  });
}
