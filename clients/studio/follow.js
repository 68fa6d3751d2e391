/** Follows a job to its end, through restarts of the service and networks that come and go. */

import { isLost } from './problems.js';
import { backoff } from './sdk/retry.js';

const FIRST_PAUSE_MS = 500;

/**
 * Call `onEvent` for each event until `done`, and `onLost` whenever the connection is lost: the
 * SDK could wait in silence, but people want to see that nothing is arriving just now.
 * Throws SnapAssetError when the API refuses; returns when `signal` is aborted.
 */
export async function follow(session, jobId, { signal, onEvent, onLost }) {
  for (let failures = 0; !signal.aborted; ) {
    const connection = new AbortController();
    const reconnect = () => connection.abort();
    window.addEventListener('online', reconnect);
    try {
      await session.call(async (client) => {
        const both = AbortSignal.any([signal, connection.signal]);
        for await (const event of client.watch(jobId, { signal: both, maxFailures: 0 })) {
          failures = 0;
          onEvent(event);
        }
      });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (connection.signal.aborted) continue;
      if (!isLost(error)) throw error;
      failures += 1;
      onLost();
    } finally {
      window.removeEventListener('online', reconnect);
    }
    await pause(backoff(failures, FIRST_PAUSE_MS), signal);
  }
}

/** Wait, but no longer than until the network is back. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    }
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
