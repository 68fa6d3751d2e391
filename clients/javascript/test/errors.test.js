import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SnapAssetClient, SnapAssetError } from 'snapasset-client';
import { breakOff, failure, scripted } from './server.js';

const once = { attempts: 1, timeoutMs: 5000 };
const asking = (url, options = once) => new SnapAssetClient(url, 't', options).getJob('gen-1');

test('an error of the API has its code, status, words, request id and fields', async (t) => {
  const fields = [{ field: 'prompt', message: 'is required' }];
  const { url } = await scripted(t, [400, failure('INVALID_REQUEST', { fields })]);
  const error = await asking(url).catch((caught) => caught);
  assert.ok(error instanceof SnapAssetError);
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'SnapAssetError');
  assert.deepEqual({ ...error }, {
    name: 'SnapAssetError',
    code: 'INVALID_REQUEST',
    status: 400,
    requestId: 'r-1',
    fields,
    retryAfter: undefined,
  });
  assert.equal(error.message, 'It is INVALID_REQUEST.');
});

const ANSWERS = {
  'HTML of a proxy': [[502, '<h1>Bad gateway</h1>'], { code: 'HTTP_502', status: 502 }],
  'an empty body': [[404, ''], { code: 'HTTP_404', status: 404, message: 'HTTP 404' }],
  'JSON that is no object': [[500, 'null'], { code: 'HTTP_500' }],
  'seconds in Retry-After': [[429, {}, { 'retry-after': '7' }], { retryAfter: 7 }],
  'retryAfter in the body alone': [[429, { retryAfter: 9 }], { retryAfter: 9 }],
  'a date long gone in Retry-After': [
    [429, {}, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }],
    { retryAfter: 0 },
  ],
  'success without JSON': [[200, 'hello'], { code: 'BAD_ANSWER', message: 'The answer is not JSON.' }],
};

for (const [what, [answer, expected]] of Object.entries(ANSWERS)) {
  test(`${what} becomes a typed error`, async (t) => {
    const { url } = await scripted(t, answer);
    await assert.rejects(asking(url), expected);
  });
}

test('a connection that breaks is NETWORK_ERROR with its cause', async (t) => {
  const { url } = await scripted(t, breakOff);
  const error = await asking(url).catch((caught) => caught);
  assert.equal(error.code, 'NETWORK_ERROR');
  assert.equal(error.status, 0);
  assert.equal(error.message, `The API cannot be reached. It was tried at ${url}.`);
  assert.ok(error.cause instanceof TypeError);
});

test('an API that is silent is TIMEOUT', async (t) => {
  const { url } = await scripted(t, () => {});
  await assert.rejects(asking(url, { attempts: 1, timeoutMs: 50 }), { code: 'TIMEOUT' });
});

test('an abort by the caller stays the reason of the caller', async (t) => {
  const { url } = await scripted(t, () => {});
  const client = new SnapAssetClient(url, 't');
  const reason = new Error('The user went away');
  const controller = new AbortController();
  const asked = client.getJob('gen-1', { signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await assert.rejects(asked, (error) => error === reason);
});

test('a secret that no header can carry is told without being repeated, and not sent', async (t) => {
  const { url, asked } = await scripted(t, [200, {}]);
  for (const secret of ['geheim\n', 'gehe\u0000im', 'gehéim', 'gehe\u200bim', 'geheim🌅']) {
    for (const call of [
      () => new SnapAssetClient(url, secret, once).getJob('gen-1'),
      () => new SnapAssetClient(url, () => secret, once).watch('gen-1').next(),
      () => new SnapAssetClient(url, null, { ...once, apiKey: secret }).platforms(),
      () => new SnapAssetClient(url, 't', once).createJob({}, { idempotencyKey: secret }),
    ]) {
      const error = await call().catch((caught) => caught);
      assert.equal(error.code, 'INVALID_REQUEST');
      assert.match(error.message, /^The (token|API key|idempotency key) has characters/);
      assert.doesNotMatch(JSON.stringify(error) + error.stack, /geh/);
    }
  }
  assert.deepEqual(asked, []);
});
