// Calls each operation with everything it takes and prints one line for each request. A test in the
// repository compares the lines with the contract.
import { SnapAssetClient } from 'snapasset-client';

const JOB = 'gen-1640000000000-0123456789abcdef0123456789abcdef';
const BATCH = 'batch-1640000000000-0123456789abcdef0123456789abcdef';
const GENERATION = '01932d4e-7f00-7abc-8def-0123456789ab';
const UPLOAD = 'up-1640000000000-0123456789abcdef0123456789abcdef';
const WEBHOOK = 'wh-0123456789abcdef0123456789abcdef';
const MESSAGE = 'msg_1640000000000_0123456789abcdef';
const IMAGE = {
  url: `http://api.example/images/ada/${GENERATION}/twitter-post-1200x675.jpg`,
  platformId: 'twitter-post',
  width: 1200,
  height: 675,
  size: 2,
};
const page = { limit: 5, cursor: 'c', userId: 'ada' };

// To the end: a stream that is left half-way keeps Node running until it has been silent for too long.
async function drained(entries) {
  for await (const entry of entries);
}

const OPERATIONS = [
  (client) => client.createJob({}),
  (client) => client.getJob(JOB),
  (client) =>
    client.listJobs({
      ...page,
      status: 'failed',
      createdAfter: new Date(0),
      createdBefore: '2026-11-26T12:00:00Z',
      platform: 'poster',
      batchId: BATCH,
      sort: 'oldest',
    }),
  (client) => drained(client.watch(JOB)),
  (client) => client.retryJob(JOB),
  (client) => client.cancelJob(JOB),
  (client) => client.createBatch([{}]),
  (client) => client.getBatch(BATCH, { limit: 5, cursor: 'c' }),
  (client) => drained(client.watchBatch(BATCH)),
  (client) => client.cancelBatch(BATCH),
  (client) => client.queueStats(),
  (client) => client.cleanQueue({ grace: 1, status: 'failed' }),
  (client) => client.pauseQueue(),
  (client) => client.resumeQueue(),
  (client) => client.listGenerations(page),
  (client) => client.getGeneration(GENERATION, { userId: 'ada' }),
  (client) => client.deleteGeneration(GENERATION, { userId: 'ada' }),
  (client) => client.cut(GENERATION, { renditions: [{ platform: 'x-post' }] }),
  (client) => client.deleteRendition(GENERATION, 'x-post-1200x675', { userId: 'ada' }),
  (client) => client.master(GENERATION, 2, { userId: 'ada' }),
  (client) => client.upload(new Uint8Array(1), { userId: 'ada' }),
  (client) => client.listUploads(page),
  (client) => client.getUpload(UPLOAD, { userId: 'ada' }),
  (client) => client.deleteUpload(UPLOAD, { userId: 'ada' }),
  (client) => client.deleteUserData('ada').next(),
  (client) => client.createWebhook({ url: 'https://hooks.example' }),
  (client) => client.listWebhooks({ userId: 'ada' }),
  (client) => client.deleteWebhook(WEBHOOK, { userId: 'ada' }),
  (client) => client.webhookSecret({ userId: 'ada' }),
  (client) => client.rotateWebhookSecret(WEBHOOK, { userId: 'ada' }),
  (client) => client.testWebhook(WEBHOOK, { userId: 'ada' }),
  (client) => client.listDeliveries(WEBHOOK, page),
  (client) => client.redeliver(WEBHOOK, MESSAGE, { userId: 'ada' }),
  (client) => client.usage({ month: '2026-11', userId: 'ada' }),
  (client) => client.download(IMAGE),
  (client) => client.platforms(),
  (client) => client.models(),
  (client) => client.health(),
  (client) => client.apiIndex(),
];

const client = new SnapAssetClient('http://api.example', null, { fetch: answer });
for (const operation of OPERATIONS) await operation(client);

async function answer(url, { method = 'GET', headers = {} }) {
  console.log(`${method} ${url.replace('http://api.example', '')}`);
  const streams = headers.Accept === 'text/event-stream';
  const json = url.includes('/masters/') ? 'image/png' : 'application/json';
  const type = streams ? 'text/event-stream' : json;
  return new Response(streams ? 'data: {"type":"done"}\n\n' : '{}', { headers: { 'content-type': type } });
}
