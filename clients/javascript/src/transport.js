/** Speaks HTTP: credentials, deadlines, tries, and what an answer means. */

import { errorFrom } from './answers.js';
import { BAD_ANSWER, NETWORK_ERROR, SnapAssetError, TIMEOUT } from './errors.js';
import { addressOf, fileOf } from './links.js';
import { boundedBytes, boundedText, parseObject } from './reading.js';
import { pauseBefore, sleep } from './retry.js';

/** More than any image that the service makes: what a server says about its size ends here. */
const MAX_IMAGE_BYTES = 64 << 20;

const DEFAULTS = { timeoutMs: 30_000, attempts: 4, backoffMs: 500, maxWaitMs: 60_000 };

export class Transport {
  /** What the last answer said about the caller's allowance. */
  rateLimit;

  constructor(apiUrl, token, options = {}) {
    this.apiUrl = String(apiUrl).replace(/\/+$/, '');
    this.token = token;
    this.options = { ...DEFAULTS, ...options };
  }

  /** Return the JSON of a successful answer; throws SnapAssetError, or the signal's reason. */
  async json(method, path, { query, body, headers, repeatable = false, signal, timeoutMs } = {}) {
    const { attempts, backoffMs, maxWaitMs } = this.options;
    for (let failures = 1; ; failures += 1) {
      try {
        const deadline = AbortSignal.timeout(timeoutMs ?? this.options.timeoutMs);
        const both = signal ? AbortSignal.any([signal, deadline]) : deadline;
        const request = { method, body, headers, signal: both };
        const text = async () => boundedText(await this.#send(path, query, request));
        return parseObject(await guarded(signal, text));
      } catch (error) {
        const may = error instanceof SnapAssetError && failures < attempts;
        const pause = may ? pauseBefore(error, failures, { repeatable, backoffMs }) : undefined;
        // Whoever must wait for half an hour wants to be told, not to hang.
        if (pause === undefined || pause > maxWaitMs) throw error;
        await sleep(pause, signal);
      }
    }
  }

  /** Return a successful answer whose body is still to be read; one try, no deadline. */
  open(path, signal) {
    return this.#send(path, undefined, { headers: { Accept: 'text/event-stream' }, signal });
  }

  /** Return an image as `{ name, blob }`, asked for without credentials. Throws SnapAssetError. */
  async image(image, { signal, timeoutMs = this.options.timeoutMs } = {}) {
    const { fetch: send = globalThis.fetch, imageOrigins } = this.options;
    const { name, type } = fileOf(image);
    const { size } = image;
    if (!Number.isInteger(size) || size < 1 || size > MAX_IMAGE_BYTES) {
      throw new SnapAssetError(`The size of ${name} is out of bounds.`, { code: BAD_ANSWER });
    }
    const address = await addressOf(image, this.apiUrl, imageOrigins);
    const deadline = AbortSignal.timeout(timeoutMs);
    const both = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const bytes = await guarded(signal, async () => {
      const request = { signal: both, redirect: 'error', credentials: 'omit' };
      const response = await send(address, request);
      if (!response.ok) throw await errorFrom(response);
      return boundedBytes(response, size);
    });
    if (bytes.length === size) return { name, blob: new Blob([bytes], { type }) };
    throw new SnapAssetError(`${name} arrived incomplete.`, { code: BAD_ANSWER });
  }

  async #send(path, query, { method = 'GET', body, headers = {}, signal }) {
    const { fetch: send = globalThis.fetch } = this.options;
    const response = await send(this.apiUrl + path + search(query), {
      method,
      signal,
      cache: 'no-store',
      redirect: 'error', // or the credentials would go wherever the answer says
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(await this.#credentials()),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    this.#note(response.headers);
    if (!response.ok) throw await errorFrom(response);
    return response;
  }

  async #credentials() {
    const { apiKey } = this.options;
    const token = typeof this.token === 'function' ? await this.token() : this.token;
    return {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(apiKey ? { 'X-API-Key': apiKey } : {}),
    };
  }

  #note(headers) {
    const names = ['limit', 'remaining', 'reset'];
    const [limit, remaining, seconds] = names.map((name) => headers.get(`x-ratelimit-${name}`));
    const reset = new Date(Number(seconds) * 1000);
    if (![limit, remaining].every((text) => /^\d{1,15}$/.test(text)) || Number.isNaN(+reset)) return;
    this.rateLimit = { limit: Number(limit), remaining: Number(remaining), reset };
  }
}

/** Turn the many ways in which fetch fails into ours; an abort by the caller stays what it is. */
export async function guarded(signal, act) {
  try {
    return await act();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof SnapAssetError) throw cause;
    if (cause?.name === 'TimeoutError') {
      throw new SnapAssetError('The API did not answer in time.', { code: TIMEOUT, cause });
    }
    if (cause instanceof TypeError || cause?.name === 'AbortError') {
      throw new SnapAssetError('The API cannot be reached.', { code: NETWORK_ERROR, cause });
    }
    throw cause;
  }
}

function search(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}` : '';
}
