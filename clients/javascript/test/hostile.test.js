// What a hostile API, or someone in between, can send.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SnapAssetClient, printable } from 'snapasset-client';
import { failure, scripted, streamOf } from './server.js';

const BAD = { code: 'BAD_ANSWER' };
const quick = { attempts: 1, backoffMs: 1, timeoutMs: 10_000 };
const client = (url, options) => new SnapAssetClient(url, 't', { ...quick, ...options });
const KEY = 'ada/01932d4e-7f00-7abc-8def-0123456789ab/twitter-post-1200x675.jpg';
const image = (url, more) => ({
  url,
  platform: 'Twitter Post',
  platformId: 'twitter-post',
  width: 1200,
  height: 675,
  size: 3,
  ...more,
});

const answerWith = (body, headers = {}) => (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(body);
};

/** Writes for as long as anyone reads. */
const endless = (type, piece) => (request, response) => {
  response.writeHead(200, { 'content-type': type });
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
};

async function watched(api) {
  for await (const { type } of api.watch('gen-1')) void type;
}

test('a redirect is not followed, and no other origin sees the key', async (t) => {
  const other = await scripted(t, [200, {}]);
  for (const status of [301, 302, 303, 307, 308]) {
    const { url } = await scripted(t, [status, {}, { location: `${other.url}/api/jobs/gen-1` }]);
    const api = client(url, { apiKey: 'key' });
    await assert.rejects(api.getJob('gen-1'), { code: 'NETWORK_ERROR' });
    await assert.rejects(api.createJob({}), { code: 'NETWORK_ERROR' });
    await assert.rejects(watched(api));
    await assert.rejects(api.download(image(`${url}/images/${KEY}`)));
  }
  assert.deepEqual(other.asked, []);
});

for (const id of ['..', '.', '', '../queue/pause', 'gen-1/../..', 'gen-1?userId=x', '%2e%2e', 7]) {
  test(`an id ${JSON.stringify(id)} never becomes a path`, async (t) => {
    const { url, asked } = await scripted(t, [200, {}]);
    const api = client(url);
    for (const call of [
      () => api.getJob(id),
      () => api.cancelJob(id),
      () => api.retryJob(id),
      () => watched({ watch: () => api.watch(id) }),
      () => api.getGeneration(id),
      () => api.deleteGeneration(id),
      () => api.deleteUserData(id).next(),
    ]) {
      await assert.rejects(async () => call(), { code: 'INVALID_REQUEST' });
    }
    assert.deepEqual(asked, []);
  });
}

test('an answer without an end is given up', async (t) => {
  const { url } = await scripted(t, endless('application/json', ' '.repeat(65_536)));
  await assert.rejects(client(url).getJob('gen-1'), BAD);
});

test('a refusal without an end is a refusal', async (t) => {
  const { url } = await scripted(t, (request, response) => {
    response.writeHead(403);
    for (let sent = 0; sent < 64; sent += 1) response.write(' '.repeat(65_536));
    response.end();
  });
  await assert.rejects(client(url).getJob('gen-1'), { code: 'HTTP_403', status: 403 });
});

for (const [what, piece] of [
  ['a line', 'x'.repeat(65_536)],
  ['an event', `${'data\n'.repeat(10_000)}`],
]) {
  test(`a stream in which ${what} never ends is given up`, async (t) => {
    const { url } = await scripted(t, endless('text/event-stream', piece));
    await assert.rejects(watched(client(url)), BAD);
  });
}

for (const [what, text] of Object.entries({
  'nests without an end': '['.repeat(1 << 20),
  'nests and closes': `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  'is null': 'null',
  'is a list': '[]',
  'is a text': '"x"',
})) {
  test(`JSON that ${what} is a bad answer`, async (t) => {
    const { url } = await scripted(t, answerWith(text));
    await assert.rejects(client(url).getJob('gen-1'), BAD);
    const stream = await scripted(t, streamOf([`data: ${text}\n\n`]));
    await assert.rejects(watched(client(stream.url)), BAD);
  });
}

const WAITS = {
  huge: [429, {}, { 'retry-after': '1e300' }],
  infinite: [429, {}, { 'retry-after': '1e999' }],
  negative: [429, {}, { 'retry-after': '-5' }],
  'no number': [429, {}, { 'retry-after': 'NaN' }],
  'a text in the body': [429, { retryAfter: 'soon' }],
  'a list in the body': [429, { retryAfter: [9] }],
};

for (const [what, answer] of Object.entries(WAITS)) {
  test(`a wait that is ${what} neither hangs nor hurries`, async (t) => {
    const { url, asked } = await scripted(t, answer);
    const error = await client(url, { attempts: 3 }).getJob('gen-1').catch((e) => e);
    assert.equal(error.status, 429);
    assert.ok(error.retryAfter === undefined || error.retryAfter >= 0);
    assert.ok(asked.length <= 3);
  });
}

test('the parts of a refusal have their types, whatever was sent', async (t) => {
  const body = { message: { a: 1 }, code: 'x y', fields: 'all', requestId: 7, retryAfter: {} };
  const { url } = await scripted(t, [400, body], [400, failure('A', { fields: [null, { field: 1 }] })]);
  const error = await client(url).getJob('gen-1').catch((e) => e);
  assert.deepEqual(
    [error.message, error.code, error.fields, error.requestId, error.retryAfter],
    ['HTTP 400', 'HTTP_400', [], undefined, undefined],
  );
  assert.deepEqual((await client(url).getJob('gen-1').catch((e) => e)).fields, []);
});

test('texts of errors are printable', async (t) => {
  const message = 'a\u001b[2J\u202eb\u009b1m\n\u{e0041}c';
  const { url } = await scripted(t, [400, failure('ANY', { message })]);
  const error = await client(url).getJob('gen-1').catch((e) => e);
  assert.equal(error.message, 'a\\u{1b}[2J\\u{202e}b\\u{9b}1m\\u{a}\\u{e0041}c');
  assert.equal(printable('Grüße 🌅 日本'), 'Grüße 🌅 日本');
});

test('a rate limit that is no number is not noted', async (t) => {
  const headers = { 'x-ratelimit-limit': 'x', 'x-ratelimit-remaining': '-', 'x-ratelimit-reset': 'y' };
  const { url } = await scripted(t, [200, {}, headers]);
  const api = client(url);
  await api.platforms();
  assert.equal(api.rateLimit, undefined);
});

test('an image comes through the API, wherever its address is, without credentials', async (t) => {
  const { url, asked } = await scripted(t, answerWith('cat'));
  const api = client(url, { apiKey: 'key' });
  for (const base of [`${url}/images`, 'http://169.254.169.254/latest', 'https://cdn.example']) {
    const { name, blob } = await api.download(image(`${base}/${KEY}`));
    assert.deepEqual([name, await blob.text()], ['twitter-post-1200x675.jpg', 'cat']);
    assert.equal(blob.type, 'image/jpeg');
  }
  const sent = asked.map(({ url: path, headers }) => [path, headers.authorization, headers['x-api-key']]);
  assert.deepEqual(sent, Array(3).fill([`/images/${KEY}`, undefined, undefined]));
});

test('a link to a private bucket is followed where that is trusted alone', async (t) => {
  const bucket = await scripted(t, answerWith('cat'));
  const { url, asked } = await scripted(t, answerWith('dog'));
  const signed = (origin) => image(`${origin}/${KEY}?X-Amz-Signature=0`);
  const trusting = client(url, { imageOrigins: [bucket.url] });
  assert.equal(await (await trusting.download(signed(bucket.url))).blob.text(), 'cat');
  assert.equal(await (await client(url).download(signed(url))).blob.text(), 'dog');
  for (const origin of [
    bucket.url,
    'file://',
    'ftp://example.com',
    'https://user@example.com',
    'http://example.com',
    'https://127.0.0.1',
    'https://localhost',
    'https://169.254.169.254',
    'https://10.0.0.1',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://[fd00::1]',
    'https://[64:ff9b::7f00:1]',
    'https://0x7f000001',
  ]) {
    await assert.rejects(client(url).download(signed(origin)), BAD, origin);
  }
  assert.deepEqual([bucket.asked.length, asked.length], [1, 1]);
});

test('an image has the size that was said, or is an error', async (t) => {
  const { url } = await scripted(t, endless('image/jpeg', 'x'.repeat(65_536)));
  const at = `${url}/images/${KEY}`;
  for (const size of [3, 100_000]) await assert.rejects(client(url).download(image(at, { size })), BAD);
  const short = await scripted(t, answerWith('ca'));
  for (const size of [3, 0, -1, 2 ** 40, '3', Number.NaN]) {
    const asked = image(`${short.url}/images/${KEY}`, { size });
    await assert.rejects(client(short.url).download(asked), BAD);
  }
});

test('the name of an image is made of checked parts', async (t) => {
  const { url, asked } = await scripted(t, answerWith('cat'));
  const at = `${url}/images/${KEY}`;
  for (const broken of [
    image(at, { platformId: '../x' }),
    image(at, { platformId: '.bashrc' }),
    image(at, { platformId: 'a'.repeat(41) }),
    image(at, { width: '1/../../x' }),
    image(`${url}/a/b/c.desktop`),
    image(`${url}/a/b/..%2f..%2fx.jpg`),
    image('not an address'),
    image('x'),
  ]) {
    await assert.rejects(client(url).download(broken), BAD);
  }
  assert.deepEqual(asked, []);
});
