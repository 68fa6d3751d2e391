/** Whether a request is tried again, and after how long. */

import { NETWORK_ERROR, TIMEOUT } from './errors.js';

const GONE = new Set([502, 503, 504]);
const LONGEST_BACKOFF_MS = 15_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1; // a longer one fires at once

/**
 * Return the pause in milliseconds before the next try, or undefined when there must be none.
 *
 * A 429, or a 503 that names a time, means that the API has not begun: any request may be repeated.
 * After other failures that is not known, so only a `repeatable` request is.
 */
export function pauseBefore(error, failures, { repeatable, backoffMs }) {
  const refused = error.status === 429 || (error.status === 503 && error.retryAfter !== undefined);
  if (refused) return asTold(error, failures, backoffMs);
  const lost = error.code === NETWORK_ERROR || error.code === TIMEOUT || GONE.has(error.status);
  return lost && repeatable ? backoff(failures, backoffMs) : undefined;
}

/** Return the time that the API named, but at least a backoff, even when it says "at once". */
export function asTold(error, failures, firstMs) {
  return Math.max((error.retryAfter ?? 0) * 1000, backoff(failures, firstMs));
}

/** Double with each failure; the random half keeps clients from all coming back at once. */
export function backoff(failures, firstMs) {
  const full = Math.min(LONGEST_BACKOFF_MS, firstMs * 2 ** (failures - 1));
  return full * (0.5 + Math.random() / 2);
}

/** Wait; rejects with the signal's reason when it is aborted. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, Math.min(milliseconds, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', abort, { once: true });
  });
}
