import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SnapAssetClient } from 'snapasset-client';
import { anyOf } from '../src/runtime.js';
import { failure, scripted } from './server.js';

/** Set variables for the duration of a test. */
function environment(t, variables) {
  Object.assign(process.env, variables);
  t.after(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });
}

test('without an address or a token the client says what to give', (t) => {
  assert.throws(() => new SnapAssetClient(), { message: /address.*SNAPASSET_URL/ });
  assert.throws(() => new SnapAssetClient('http://x'), { message: /token.*SNAPASSET_TOKEN/ });
  assert.throws(() => new SnapAssetClient('x:y z', 't'), { message: /"x:y z" is not an address/ });
  assert.throws(() => new SnapAssetClient('file:///etc', 't'), { message: /is not an address/ });
  environment(t, { SNAPASSET_URL: 'http://x' });
  assert.throws(() => new SnapAssetClient(), { message: /token/ });
  new SnapAssetClient(undefined, null);
  new SnapAssetClient('http://x', undefined, { apiKey: 'k' });
});

test('the environment gives what is not given', async (t) => {
  const { url, asked } = await scripted(t, [200, {}]);
  environment(t, { SNAPASSET_URL: url, SNAPASSET_TOKEN: 'a', SNAPASSET_API_KEY: 'b' });
  await new SnapAssetClient().platforms();
  await new SnapAssetClient(undefined, 'mine').platforms();
  await new SnapAssetClient(undefined, null).platforms();
  await new SnapAssetClient(undefined, undefined, { apiKey: 'ours' }).platforms();
  const sent = asked.map(({ headers }) => [headers.authorization, headers['x-api-key']]);
  assert.deepEqual(sent, [
    ['Bearer a', 'b'],
    ['Bearer mine', undefined],
    [undefined, undefined],
    [undefined, 'ours'],
  ]);
});

test('health is told where the service is down, and an error where it is away', async (t) => {
  const down = { status: 'degraded', components: { redis: { status: 'down' } } };
  const { url } = await scripted(t, [503, down], [503, failure('SERVICE_UNAVAILABLE')]);
  const client = new SnapAssetClient(url, null, { attempts: 1 });
  assert.deepEqual(await client.health(), down);
  await assert.rejects(client.health(), { code: 'SERVICE_UNAVAILABLE', status: 503 });
});

test('signals are joined where the platform cannot', () => {
  const { any } = AbortSignal;
  AbortSignal.any = undefined;
  try {
    const [one, other] = [new AbortController(), new AbortController()];
    const joined = anyOf(undefined, one.signal, other.signal);
    assert.equal(joined.aborted, false);
    other.abort('why');
    assert.equal(joined.reason, 'why');
    assert.equal(anyOf(one.signal, AbortSignal.abort('late')).reason, 'late');
    assert.equal(anyOf(undefined, one.signal), one.signal);
  } finally {
    AbortSignal.any = any;
  }
});
