/** Speaks HTTP: credentials, deadlines, retries, and what an answer means. */

import { errorFrom } from './answers.js';
import { BAD_ANSWER, NETWORK_ERROR, SnapAssetError, TIMEOUT } from './errors.js';
import { boundedBytes, boundedText, parseObject } from './reading.js';
import { pauseBefore, sleep } from './retry.js';
import { anyOf, fromEnvironment } from './runtime.js';
import { isStream } from './uploads.js';

const UNREACHABLE = 'The API cannot be reached.';
const TOO_SLOW = 'The API did not answer in time.';

const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/avif']);

const DEFAULTS = { timeoutMs: 30_000, attempts: 4, backoffMs: 500, maxWaitMs: 60_000 };

export class Transport {
  /** What the last answer said about the caller's allowance. */
  rateLimit;

  /** What is not given comes from the environment, if there is one. Throws TypeError. */
  constructor(apiUrl = fromEnvironment('SNAPASSET_URL'), token = undefined, options = {}) {
    if (apiUrl === undefined) {
      throw new TypeError('Give the address of the API, or set SNAPASSET_URL.');
    }
    this.apiUrl = checked(String(apiUrl)).replace(/\/+$/, '');
    this.options = { ...DEFAULTS, ...options };
    this.apiKey = options.apiKey;
    this.token = token;
    if (token !== undefined || this.apiKey !== undefined) return;
    this.token = fromEnvironment('SNAPASSET_TOKEN');
    this.apiKey = fromEnvironment('SNAPASSET_API_KEY');
    if (this.token || this.apiKey) return;
    throw new TypeError('Give a token, set SNAPASSET_TOKEN, or give null to go without.');
  }

  /**
   * Return the JSON of an answer that is successful or has the status `alsoTaken`; throws
   * SnapAssetError, or the signal's reason.
   */
  async json(method, path, { query, body, file, headers, alsoTaken, ...options } = {}) {
    return this.#tried(options, async (signal) => {
      const request = { method, body, file, headers, signal, alsoTaken };
      return parseObject(await boundedText(await this.#send(path, query, request)));
    });
  }

  /** Return an image of at most `limit` bytes as a Blob; throws as `json` does. */
  async image(path, limit, { query, ...options } = {}) {
    return this.#tried({ ...options, repeatable: true }, async (signal) => {
      const response = await this.#send(path, query, { signal });
      const type = response.headers.get('content-type') ?? '';
      if (IMAGE_TYPES.has(type)) return new Blob([await boundedBytes(response, limit)], { type });
      throw new SnapAssetError('The answer is not an image.', { code: BAD_ANSWER });
    });
  }

  async #tried({ repeatable = false, once = false, signal, timeoutMs, waitSeconds = 0 }, act) {
    const limitMs = (timeoutMs ?? this.options.timeoutMs) + waitSeconds * 1000;
    const { backoffMs, maxWaitMs } = this.options;
    const attempts = once ? 1 : this.options.attempts;
    for (let failures = 1; ; failures += 1) {
      try {
        const either = anyOf(signal, AbortSignal.timeout(limitMs));
        return await guarded(() => act(either), this.apiUrl, signal);
      } catch (error) {
        const may = error instanceof SnapAssetError && failures < attempts;
        const pause = may ? pauseBefore(error, failures, { repeatable, backoffMs }) : undefined;
        // A caller who must wait half an hour wants to be told so, not to hang.
        if (pause === undefined || pause > maxWaitMs) throw error;
        await sleep(pause, signal);
      }
    }
  }

  /** Return a successful answer whose body is still to be read; one try, no deadline. */
  open(path, signal) {
    return this.#send(path, undefined, { headers: { Accept: 'text/event-stream' }, signal });
  }

  async #send(path, query, { method = 'GET', body, file, headers = {}, signal, alsoTaken }) {
    const { fetch: send = globalThis.fetch } = this.options;
    const response = await send(this.apiUrl + path + search(query), {
      method,
      signal,
      cache: 'no-store',
      redirect: 'error', // or the credentials would go wherever the answer says
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(file === undefined ? {} : { 'Content-Type': 'application/octet-stream' }),
        ...(await this.#credentials()),
        ...headers,
      },
      body: file ?? (body === undefined ? undefined : JSON.stringify(body)),
      ...(isStream(file) ? { duplex: 'half' } : {}), // required by fetch for a body that is a stream
    });
    this.#note(response.headers);
    if (!response.ok && response.status !== alsoTaken) throw await errorFrom(response);
    return response;
  }

  async #credentials() {
    const { apiKey } = this;
    const token = typeof this.token === 'function' ? await this.token() : this.token;
    return {
      ...(token ? { Authorization: `Bearer ${carried(token, 'token')}` } : {}),
      ...(apiKey ? { 'X-API-Key': carried(apiKey, 'API key') } : {}),
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

/**
 * Turn the many errors of fetch into ours, which name the address that was tried; an abort by the
 * caller is passed on unchanged.
 */
export async function guarded(act, address, signal) {
  try {
    return await act();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof SnapAssetError) throw cause;
    const tried = address ? ` It was tried at ${address}.` : '';
    if (cause?.name === 'TimeoutError') {
      throw new SnapAssetError(`${TOO_SLOW}${tried}`, { code: TIMEOUT, cause });
    }
    if (cause instanceof TypeError || cause?.name === 'AbortError') {
      throw new SnapAssetError(`${UNREACHABLE}${tried}`, { code: NETWORK_ERROR, cause });
    }
    throw cause;
  }
}

/**
 * Return the value of a header. Throws SnapAssetError, which does not repeat the value: it may be a
 * secret. From fetch it would be a TypeError, the same as for a lost network.
 */
export function carried(value, what) {
  if (/^[\x20-\x7e]+$/.test(value)) return value;
  const message = `The ${what} has characters that no header can carry; use visible ASCII alone.`;
  throw new SnapAssetError(message, { code: 'INVALID_REQUEST' });
}

/** Return an address; "" stands for the page's own origin. */
function checked(apiUrl) {
  if (apiUrl === '' || /^https?:\/\/[^/]/.test(apiUrl)) return apiUrl;
  throw new TypeError(`${JSON.stringify(apiUrl)} is not an address: give http://host or https://host.`);
}

function search(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}` : '';
}
