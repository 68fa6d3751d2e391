/** The client of the API guide, with the same methods, plus what the guide leaves to the reader. */

import { MAX_IMAGE_BYTES, downloadImage } from './downloads.js';
import { JobFailedError, SnapAssetError } from './errors.js';
import { allEntries } from './paging.js';
import { idPart, numberPart, ownerPart } from './paths.js';
import { nodeModule } from './runtime.js';
import { Transport, carried } from './transport.js';
import { UPLOAD_MS, fileBody, isStream } from './uploads.js';
import { watchBatch, watchJob } from './watch.js';
import { addWebhooks } from './webhooks.js';

export class SnapAssetClient {
  #transport;

  constructor(apiUrl, token, options) {
    this.#transport = new Transport(apiUrl, token, options);
  }

  /** What the last answer said about the caller's allowance; undefined before the first one. */
  get rateLimit() {
    return this.#transport.rateLimit;
  }

  /** The key ties a repeated request to the same job, so it can be resent after a lost answer. */
  async createJob(data, options) {
    return this.#create('/api/jobs', data, options);
  }

  async #create(path, data, { idempotencyKey, waitSeconds = 0, ...options } = {}) {
    const key = carried(idempotencyKey ?? (await randomKey()), 'idempotency key');
    const headers = { 'Idempotency-Key': key };
    if (waitSeconds > 0) headers.Prefer = `wait=${Math.ceil(waitSeconds)}`;
    const request = { ...options, body: data, headers, repeatable: true, waitSeconds };
    return this.#transport.json('POST', path, request);
  }

  async getJob(jobId, options) {
    return this.#get(`/api/jobs/${idPart(jobId, 'jobId')}`, {}, options);
  }

  listJobs(filter = {}, options) {
    const { status, limit, cursor, userId, platform, batchId, sort } = filter;
    const [createdAfter, createdBefore] = [filter.createdAfter, filter.createdBefore].map(written);
    const page = { status, limit, cursor, userId, platform, batchId, sort };
    return this.#get('/api/jobs', { ...page, createdAfter, createdBefore }, options);
  }

  /** Yields every job, fetching as many pages as needed. */
  jobs(filter, options) {
    return allEntries(async (place) => {
      const { jobs, nextCursor } = await this.listJobs({ ...filter, ...place }, options);
      return [jobs, nextCursor];
    });
  }

  /** Not retried: after a lost answer a second try could fail because the first one worked. */
  async retryJob(jobId, { buyAgain, ...options } = {}) {
    const path = `/api/jobs/${idPart(jobId, 'jobId')}/retry`;
    const body = buyAgain === undefined ? undefined : { buyAgain };
    return this.#transport.json('POST', path, { ...options, body });
  }

  /** Cancelling twice succeeds twice. */
  async cancelJob(jobId, options) {
    const path = `/api/jobs/${idPart(jobId, 'jobId')}/cancel`;
    return this.#transport.json('DELETE', path, { ...options, repeatable: true });
  }

  watch(jobId, options) {
    return watchJob(this.#transport, jobId, options);
  }

  /** As in the guide: `onUpdate` gets each `progress`, `onComplete` the result of `done`. */
  streamJob(jobId, onUpdate, onComplete, onError, { signal, ...options } = {}) {
    const closed = new AbortController();
    const close = () => closed.abort();
    signal?.addEventListener('abort', close, { once: true });
    if (signal?.aborted) close();
    const call = (callback, ...values) => {
      if (closed.signal.aborted) return;
      try {
        callback?.(...values);
      } catch (error) {
        // Errors in the caller's own code stay uncaught, as with EventSource, so they are seen.
        queueMicrotask(() => {
          throw error;
        });
      }
    };
    const follow = async () => {
      for await (const event of this.watch(jobId, { ...options, signal: closed.signal })) {
        if (event.type === 'progress') call(onUpdate, event);
        else if (event.type === 'done') call(onComplete, event.result, event);
      }
    };
    follow()
      .catch((error) => call(onError, error))
      .finally(() => signal?.removeEventListener('abort', close));
    return { close };
  }

  /** Aborting ends the wait, not the job; cancelJob does that. */
  async createAndWait(data, { onUpdate, ...options } = {}) {
    const { jobId } = await this.createJob(data, options);
    let last;
    for await (last of this.watch(jobId, options)) onUpdate?.(last);
    if (last.status !== 'completed') throw new JobFailedError(last);
    return last;
  }

  /** With the same key and jobs a repeat creates what was refused, and no job twice. */
  async createBatch(jobs, { idempotencyKey, ...options } = {}) {
    const key = carried(idempotencyKey ?? (await randomKey()), 'idempotency key');
    const headers = { 'Idempotency-Key': key };
    const request = { ...options, body: { jobs }, headers, repeatable: true };
    return this.#transport.json('POST', '/api/batches', request);
  }

  async getBatch(batchId, { limit, cursor, ...options } = {}) {
    return this.#get(`/api/batches/${idPart(batchId, 'batchId')}`, { limit, cursor }, options);
  }

  watchBatch(batchId, options) {
    return watchBatch(this.#transport, batchId, options);
  }

  async cancelBatch(batchId, options) {
    const path = `/api/batches/${idPart(batchId, 'batchId')}/cancel`;
    return this.#transport.json('DELETE', path, { ...options, repeatable: true });
  }

  queueStats(options) {
    return this.#get('/api/queue/stats', {}, options);
  }

  cleanQueue({ grace, status } = {}, options) {
    const body = { grace, status };
    return this.#transport.json('POST', '/api/queue/clean', { ...options, body, repeatable: true });
  }

  pauseQueue(options) {
    return this.#transport.json('POST', '/api/queue/pause', { ...options, repeatable: true });
  }

  resumeQueue(options) {
    return this.#transport.json('POST', '/api/queue/resume', { ...options, repeatable: true });
  }

  listGenerations({ limit, cursor, userId } = {}, options) {
    return this.#get('/api/generations', { limit, cursor, userId }, options);
  }

  /** Yields the whole history, fetching as many pages as needed. */
  generations(filter, options) {
    return allEntries(async (place) => {
      const page = await this.listGenerations({ ...filter, ...place }, options);
      return [page.generations, page.nextCursor];
    });
  }

  async getGeneration(generationId, { userId, ...options } = {}) {
    const path = `/api/generations/${idPart(generationId, 'generationId')}`;
    return this.#get(path, { userId }, options);
  }

  async deleteGeneration(generationId, { userId, ...options } = {}) {
    const path = `/api/generations/${idPart(generationId, 'generationId')}`;
    return this.#transport.json('DELETE', path, { ...options, query: { userId } });
  }

  /** Accepts a job that cuts a bought image again, safe to repeat as createJob is. */
  async cut(generationId, data, options) {
    const path = `/api/generations/${idPart(generationId, 'generationId')}/renditions`;
    return this.#create(path, data, options);
  }

  async deleteRendition(generationId, renditionId, { userId, ...options } = {}) {
    const generation = `/api/generations/${idPart(generationId, 'generationId')}`;
    const path = `${generation}/renditions/${idPart(renditionId, 'renditionId')}`;
    return this.#transport.json('DELETE', path, { ...options, query: { userId } });
  }

  /** Resolves to a Blob: the bought image itself, which only its owner gets. */
  async master(generationId, number = 1, { userId, ...options } = {}) {
    const generation = `/api/generations/${idPart(generationId, 'generationId')}`;
    const path = `${generation}/masters/${numberPart(number, 'number')}`;
    return this.#transport.image(path, MAX_IMAGE_BYTES, { ...options, query: { userId } });
  }

  /** Sends a Blob, a File, a buffer or a stream; a stream is sent once, anything else may be resent. */
  async upload(file, { userId, timeoutMs = UPLOAD_MS, ...options } = {}) {
    const how = { timeoutMs, repeatable: true, once: isStream(file) };
    const request = { ...options, ...how, query: { userId }, file: fileBody(file) };
    return this.#transport.json('POST', '/api/uploads', request);
  }

  listUploads({ limit, cursor, userId } = {}, options) {
    return this.#get('/api/uploads', { limit, cursor, userId }, options);
  }

  /** Yields every upload, fetching as many pages as needed. */
  uploads(filter, options) {
    return allEntries(async (place) => {
      const { uploads, nextCursor } = await this.listUploads({ ...filter, ...place }, options);
      return [uploads, nextCursor];
    });
  }

  async getUpload(uploadId, { userId, ...options } = {}) {
    return this.#get(`/api/uploads/${idPart(uploadId, 'uploadId')}`, { userId }, options);
  }

  async deleteUpload(uploadId, { userId, ...options } = {}) {
    const path = `/api/uploads/${idPart(uploadId, 'uploadId')}`;
    return this.#transport.json('DELETE', path, { ...options, query: { userId } });
  }

  /** Yields what each call has deleted, up to the one that is `done`. */
  async *deleteUserData(userId, options) {
    const path = `/api/users/${ownerPart(userId, 'userId')}/data`;
    let answer;
    do {
      answer = await this.#transport.json('DELETE', path, { ...options, repeatable: true });
      yield answer;
    } while (!answer.done);
  }

  /** Resolves to `{ name, blob }`: exactly as long as the image's `size` says, with a safe name. */
  download(image, options) {
    return downloadImage(this.#transport, image, options);
  }

  platforms(options) {
    return this.#get('/api/platforms', {}, options);
  }

  models(options) {
    return this.#get('/api/models', {}, options);
  }

  usage({ month, userId } = {}, options) {
    return this.#get('/api/usage', { month, userId }, options);
  }

  /** A service that is down still answers with its health report, under status 503. */
  async health(options) {
    const answer = await this.#get('/health', {}, { ...options, alsoTaken: 503 });
    if (!answer.code) return answer;
    throw new SnapAssetError('The API is away.', { code: 'SERVICE_UNAVAILABLE', status: 503 });
  }

  apiIndex(options) {
    return this.#get('/api', {}, options);
  }

  #get(path, query, options) {
    return this.#transport.json('GET', path, { ...options, query, repeatable: true });
  }

  static {
    addWebhooks(this.prototype, (client) => client.#transport);
  }
}

/** Dates become what the API reads; a text is sent as it is. */
function written(moment) {
  return moment instanceof Date ? moment.toISOString() : moment;
}

/** crypto.randomUUID is missing on pages served over plain HTTP, and all of crypto in Node 18. */
async function randomKey() {
  const { webcrypto } = globalThis.crypto ? {} : await nodeModule('node:crypto');
  const bytes = (webcrypto ?? globalThis.crypto).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
