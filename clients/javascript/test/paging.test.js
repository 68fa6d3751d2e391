import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SnapAssetClient } from 'snapasset-client';
import { scripted } from './server.js';

const page = (numbers, nextCursor) => [200, { jobs: numbers, generations: numbers, nextCursor }];

async function all(entries) {
  const found = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

test('a list is gone through page by page, and no further than it is read', async (t) => {
  const { url, asked } = await scripted(t, page([1, 2], 'b'), page([], 'c'), page([3], ''));
  assert.deepEqual(await all(new SnapAssetClient(url, 't').jobs({ status: 'failed' })), [1, 2, 3]);
  const base = '/api/jobs?status=failed&limit=100';
  assert.deepEqual(asked.map((one) => one.url), [base, `${base}&cursor=b`, `${base}&cursor=c`]);

  const history = await scripted(t, page([1], 'b'));
  for await (const entry of new SnapAssetClient(history.url, 't').generations({ userId: 'ada' })) {
    assert.equal(entry, 1);
    break;
  }
  assert.deepEqual(history.asked.map((one) => one.url), ['/api/generations?limit=100&userId=ada']);
});

for (const [what, script] of Object.entries({
  'lead in a circle': [page([1], 'a'), page([2], 'b'), page([3], 'a')],
  'lead to nothing': Array.from({ length: 1000 }, (_, number) => page([], `c${number}`)),
  'are no lists': [[200, { jobs: {}, nextCursor: '' }]],
})) {
  test(`pages that ${what} are an error`, async (t) => {
    const { url, asked } = await scripted(t, ...script);
    await assert.rejects(all(new SnapAssetClient(url, 't').jobs()), { code: 'BAD_ANSWER' });
    assert.ok(asked.length <= 102);
  });
}

test('an abort ends the list', async (t) => {
  const { url } = await scripted(t, page([1], 'b'), () => {});
  const ours = new AbortController();
  const listed = all(new SnapAssetClient(url, 't').jobs({}, { signal: ours.signal }));
  setTimeout(() => ours.abort(), 50);
  await assert.rejects(listed, { name: 'AbortError' });
});
