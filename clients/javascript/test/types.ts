// Compiled, never run: the declarations allow what the README shows and reject what it warns of.
import { JobFailedError, SnapAssetClient, SnapAssetError, type JobEvent } from 'snapasset-client';

const client = new SnapAssetClient('http://localhost:3001', async () => 'a token', { attempts: 2 });
const order = { userId: 'user-123', prompt: 'A lighthouse in a storm', platforms: ['twitter-post'] };

const { jobId, links } = await client.createJob(order, { idempotencyKey: 'order-17' });
const cancelPath: string = links.cancel;
const job = await client.getJob(jobId, { signal: AbortSignal.timeout(1000) });
const began: string | undefined = job.processedAt;

for await (const event of client.watch(jobId, { silenceMs: 1000 })) {
  if (event.type === 'preview') show(event.preview);
  // @ts-expect-error there is no such type of event
  if (event.type === 'finished') break;
}

const stream = client.streamJob(
  jobId,
  (event) => show(`${event.progress}`),
  (result, event) => show(result.images[0]?.url ?? event.error?.message),
  (error) => show(error.message),
  { signal: AbortSignal.timeout(1000) },
);
stream.close();

const done = await client.createAndWait(order, { onUpdate: (event: JobEvent) => show(event.message) });
const urls: string[] = done.result.images.map((image) => image.url);
const { name, blob } = await client.download(done.result.images[0]!);

try {
  await client.retryJob(jobId);
} catch (error) {
  if (error instanceof JobFailedError) show(error.event.status);
  if (error instanceof SnapAssetError) show(`${error.code} ${error.retryAfter ?? 0}`);
}

await client.listJobs({ status: 'delayed', limit: 5 });
for await (const { prompt, createdAt } of client.jobs({ status: 'failed' })) show(prompt + createdAt);
await client.cancelJob(jobId);
const { waiting, paused } = await client.queueStats();
await client.cleanQueue({ grace: 86_400_000, status: 'failed' });
await client.pauseQueue();
await client.resumeQueue();
const { generations, nextCursor } = await client.listGenerations({ cursor: '' });
const { generation } = await client.getGeneration(generations[0]!.generationId);
await client.deleteGeneration(generation.generationId);
for await (const { masters } of client.generations()) show(masters[0]?.model);
const cut = await client.cut(
  generation.generationId,
  { renditions: [{ platform: 'x-post' }, { name: 'poster', width: 1080, height: 1350 }] },
  { idempotencyKey: 'cut-17' },
);
await client.deleteRendition(generation.generationId, generation.renditions[0]!.renditionId);
const bytes: number = (await client.master(generation.generationId)).size;
// @ts-expect-error something is to be cut
await client.cut(generation.generationId, {});
for await (const { done, deletedFiles } of client.deleteUserData('user-123')) {
  show(`${done} ${deletedFiles}`);
}
const { uploadId, expiresAt } = await client.upload(new Blob(['...']), { signal: AbortSignal.timeout(1000) });
await client.upload(new Uint8Array(3), { userId: 'user-123' });
// @ts-expect-error a path is no file
await client.upload('picture.png');
const { upload: sent } = await client.getUpload(uploadId);
for await (const { size } of client.uploads()) show(`${size} ${expiresAt} ${sent.width}`);
await client.deleteUpload(uploadId);
const { platforms } = await client.platforms();
const { estimatedCostUsd } = await client.usage({ month: '2026-11', userId: 'user-123' });
const budget: number | undefined = (await client.usage()).budgetUsd;
const { components } = await client.health();
const left: number | undefined = client.rateLimit?.remaining;
new SnapAssetClient();
new SnapAssetClient(undefined, null);

await client.createJob({ userId: 'user-123', platforms: ['x-post'], source: { uploadId } });
// @ts-expect-error an owner is required
await client.createJob({ prompt: 'A lighthouse in a storm', platforms: [] });
// @ts-expect-error there is no such state
await client.listJobs({ status: 'queued' });
// @ts-expect-error there is no such field
await client.usage({ year: 2026 });

function show(text: string | undefined): void {
  void [text, cancelPath, began, urls, waiting, paused, nextCursor, platforms, left, name, blob];
  void [estimatedCostUsd, budget, components, cut, bytes];
}
