import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { JobFailedError, SnapAssetClient } from 'snapasset-client';
import { RESULT, breakOff, event, failure, scripted, streamOf } from './server.js';

const ORDER = { userId: 'user-123', prompt: 'A beautiful sunset', platforms: ['twitter-post'] };
const CUT = { master: 2, renditions: [{ platform: 'x-post' }] };
const CREATED = [201, { jobId: 'gen-1', status: 'queued' }];

const CALLS = [
  ['POST /api/jobs', (c) => c.createJob(ORDER), ORDER],
  ['GET /api/jobs/gen-1', (c) => c.getJob('gen-1')],
  ['GET /api/jobs', (c) => c.listJobs()],
  ['GET /api/jobs?status=active&limit=10', (c) => c.listJobs({ status: 'active', limit: 10 })],
  ['POST /api/jobs/gen-1/retry', (c) => c.retryJob('gen-1')],
  ['POST /api/jobs/gen-1/retry', (c) => c.retryJob('gen-1', { buyAgain: true }), { buyAgain: true }],
  ['DELETE /api/jobs/gen-1/cancel', (c) => c.cancelJob('gen-1')],
  ['GET /api/queue/stats', (c) => c.queueStats()],
  ['POST /api/queue/clean', (c) => c.cleanQueue({ grace: 5 }), { grace: 5 }],
  ['POST /api/queue/pause', (c) => c.pauseQueue()],
  ['POST /api/queue/resume', (c) => c.resumeQueue()],
  ['GET /api/generations?cursor=a%2Bb', (c) => c.listGenerations({ cursor: 'a+b' })],
  ['GET /api/generations/g', (c) => c.getGeneration('g')],
  ['DELETE /api/generations/g?userId=u-1', (c) => c.deleteGeneration('g', { userId: 'u-1' })],
  ['POST /api/generations/g/renditions', (c) => c.cut('g', CUT), CUT],
  ['DELETE /api/generations/g/renditions/r-9x9', (c) => c.deleteRendition('g', 'r-9x9')],
  ['GET /api/platforms', (c) => c.platforms()],
  ['GET /api/usage', (c) => c.usage()],
];

test('every method asks what the API guide says', async (t) => {
  const { url, asked } = await scripted(t, [200, { fine: true }]);
  const client = new SnapAssetClient(`${url}/`, 'a token');
  for (const [line, call, body] of CALLS) {
    assert.deepEqual(await call(client), { fine: true });
    const request = asked.at(-1);
    assert.equal(`${request.method} ${request.url}`, line);
    assert.equal(request.headers.authorization, 'Bearer a token');
    assert.deepEqual(request.body ? JSON.parse(request.body) : undefined, body);
  }
});

test('the owner gets a bought image as it is', async (t) => {
  const { url, asked } = await scripted(t, [200, 'pixels', { 'content-type': 'image/png' }]);
  const client = new SnapAssetClient(url, 'a token');
  const image = await client.master('g', 2, { userId: 'u-1' });
  assert.deepEqual([image.type, await image.text()], ['image/png', 'pixels']);
  assert.equal(asked[0].url, '/api/generations/g/masters/2?userId=u-1');
  assert.equal(asked[0].headers.authorization, 'Bearer a token');
  for (const number of [0, -1, 1.5, '1', Number.NaN]) {
    await assert.rejects(client.master('g', number), { code: 'INVALID_REQUEST' });
  }
});

test('a bought image that no page should show is refused', async (t) => {
  const { url } = await scripted(t, [200, '<script>', { 'content-type': 'text/html' }]);
  await assert.rejects(new SnapAssetClient(url, 'a token').master('g'), { code: 'BAD_ANSWER' });
});

test('a lost answer to a cut makes no second job', async (t) => {
  const { url, asked } = await scripted(t, breakOff, CREATED);
  const { jobId } = await new SnapAssetClient(url, 'a token', { backoffMs: 1 }).cut('g', CUT);
  assert.equal(jobId, 'gen-1');
  const [first, second] = asked.map(({ headers }) => headers['idempotency-key']);
  assert.ok(first && first === second);
});

test("a user's data is deleted by as many calls as it takes", async (t) => {
  const answers = [false, false, true].map((done) => ({ userId: 'a@b', done, deletedFiles: 9 }));
  const script = [[503, failure('SERVICE_UNAVAILABLE'), { 'retry-after': '0' }]];
  const { url, asked } = await scripted(t, ...script, ...answers.map((answer) => [200, answer]));
  const client = new SnapAssetClient(url, 't', { backoffMs: 1 });
  const heard = [];
  for await (const answer of client.deleteUserData('a@b')) heard.push(answer);
  assert.deepEqual(heard, answers);
  const lines = asked.map(({ method, url: path }) => `${method} ${path}`);
  assert.deepEqual(lines, Array(4).fill('DELETE /api/users/a%40b/data'));
});

test('every method is declared for TypeScript', () => {
  const declared = readFileSync(new URL('../src/index.d.ts', import.meta.url), 'utf8');
  for (const name of Object.getOwnPropertyNames(SnapAssetClient.prototype)) {
    assert.match(declared, new RegExp(`^  (readonly )?${name}[(:]`, 'm'));
  }
});

test('a token may be a function, an API key goes with or without one', async (t) => {
  const { url, asked } = await scripted(t, [200, {}]);
  let count = 0;
  const client = new SnapAssetClient(url, async () => `token-${(count += 1)}`, { apiKey: 'key' });
  await client.platforms();
  await client.platforms();
  await new SnapAssetClient(url, undefined, { apiKey: 'key' }).platforms();
  const sent = asked.map(({ headers }) => [headers.authorization, headers['x-api-key']]);
  const expected = [['Bearer token-1', 'key'], ['Bearer token-2', 'key'], [undefined, 'key']];
  assert.deepEqual(sent, expected);
});

test('the allowance of the last answer is known, of refusals too', async (t) => {
  const allowance = { 'x-ratelimit-limit': '100', 'x-ratelimit-reset': '1640000000' };
  const { url } = await scripted(t, [404, {}, { ...allowance, 'x-ratelimit-remaining': '95' }]);
  const client = new SnapAssetClient(url, 't');
  assert.equal(client.rateLimit, undefined);
  await assert.rejects(client.getJob('gen-1'));
  const reset = new Date('2021-12-20T11:33:20Z');
  assert.deepEqual(client.rateLimit, { limit: 100, remaining: 95, reset });
});

test('streamJob calls back as in the guide', async (t) => {
  const pieces = [event('connected', 1), event('progress', 2), event('done', 3, { result: RESULT })];
  const { url } = await scripted(t, streamOf(pieces));
  const calls = [];
  await new Promise((resolve, reject) => {
    const complete = (result, last) => resolve(calls.push([result, last.type]));
    new SnapAssetClient(url, 't').streamJob('gen-1', (e) => calls.push(e.type), complete, reject);
  });
  assert.deepEqual(calls, ['progress', [RESULT, 'done']]);
});

test('streamJob tells a refusal once and says nothing after close', async (t) => {
  const { url } = await scripted(t, [404, failure('JOB_NOT_FOUND')], streamOf([event('progress', 1)]));
  const client = new SnapAssetClient(url, 't');
  const error = await new Promise((resolve) => client.streamJob('gen-1', null, null, resolve));
  assert.equal(error.code, 'JOB_NOT_FOUND');
  const never = () => assert.fail('called after close');
  client.streamJob('gen-1', never, never, never).close();
  await new Promise((resolve) => setTimeout(resolve, 50));
});

test('createAndWait returns the last event and shows all', async (t) => {
  const pieces = [event('connected', 1), event('done', 3, { result: RESULT })];
  const { url } = await scripted(t, CREATED, streamOf(pieces));
  const seen = [];
  const onUpdate = ({ type }) => seen.push(type);
  const done = await new SnapAssetClient(url, 't').createAndWait(ORDER, { onUpdate });
  assert.deepEqual([done.jobId, done.result], ['gen-1', RESULT]);
  assert.deepEqual(seen, ['connected', 'done']);
});

test('createAndWait throws when the job fails', async (t) => {
  const error = { code: 'MODERATION_BLOCKED', message: 'No.', retryable: false };
  const { url } = await scripted(t, CREATED, streamOf([event('done', 3, { status: 'failed', error })]));
  const caught = await new SnapAssetClient(url, 't').createAndWait(ORDER).catch((e) => e);
  assert.ok(caught instanceof JobFailedError);
  assert.deepEqual([caught.code, caught.message, caught.jobId], ['MODERATION_BLOCKED', 'No.', 'gen-1']);
});
