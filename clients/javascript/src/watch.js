/** The events of a job, or of a batch, until it ends, over as many connections as it takes. */

import { BAD_ANSWER, STREAM_ENDED, SnapAssetError } from './errors.js';
import { idPart } from './paths.js';
import { parseObject } from './reading.js';
import { asTold, pauseBefore, sleep } from './retry.js';
import { anyOf } from './runtime.js';
import { EventParser } from './sse.js';
import { guarded } from './transport.js';

const MAX_FAILURES = 10;
const SILENCE_MS = 45_000; // three heartbeats

/** Yield every event of a job, `done` last; see `watch`. */
export async function* watchJob(transport, jobId, options) {
  const path = `/api/sse/jobs/${idPart(jobId, 'jobId')}`;
  yield* watch(transport, path, ({ sequence }) => sequence, options);
}

/** Yield every event of a batch, `done` last; see `watch`. */
export async function* watchBatch(transport, batchId, options) {
  const path = `/api/sse/batches/${idPart(batchId, 'batchId')}`;
  yield* watch(transport, path, ({ state }) => JSON.stringify(state), options);
}

/**
 * Yield every event, `done` last. Each connection begins with `connected`, which carries the full
 * state, so reconnecting loses nothing; `stateOf` tells one state from another. Throws
 * SnapAssetError when the API refuses, or after `maxFailures` connections in a row that brought
 * nothing new.
 */
async function* watch(transport, path, stateOf, options = {}) {
  const { signal, maxFailures = MAX_FAILURES, silenceMs = SILENCE_MS } = options;
  const { backoffMs, maxWaitMs } = transport.options;
  let [failures, seen] = [0, undefined];
  for (;;) {
    let failure;
    try {
      for await (const event of connection(transport, path, signal, silenceMs)) {
        // A proxy that cuts every stream after its first event is a failure too.
        const state = stateOf(event);
        if (event.type !== 'connected' || state !== seen) failures = 0;
        seen = state;
        yield event;
        if (event.type === 'done') return;
        signal?.throwIfAborted();
      }
      failure = new SnapAssetError('The stream ended before the job.', { code: STREAM_ENDED });
    } catch (error) {
      failure = error;
    }
    failures += 1;
    const pause = pauseAfter(failure, failures, backoffMs);
    if (pause === undefined || pause > maxWaitMs || failures > maxFailures) throw failure;
    await sleep(pause, signal);
  }
}

function pauseAfter(failure, failures, backoffMs) {
  if (!(failure instanceof SnapAssetError)) return undefined;
  const wasThere = failure.code === STREAM_ENDED || failure.status >= 500;
  if (wasThere) return asTold(failure, failures, backoffMs);
  return pauseBefore(failure, failures, { repeatable: true, backoffMs });
}

/** One connection. A silent one is given up: a lost network gives no sign. */
async function* connection(transport, path, signal, silenceMs) {
  const ours = new AbortController();
  const silence = new DOMException('No event or heartbeat came.', 'TimeoutError');
  const both = anyOf(signal, ours.signal);
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ours.abort(silence), silenceMs);
  };
  const read = (act) => guarded(act, transport.apiUrl, signal);
  try {
    alive();
    const response = await read(() => transport.open(path, both));
    const reader = eventStreamOf(response).getReader();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await read(() => reader.read());
      if (done) return;
      alive();
      for (const { data } of parser.feed(value)) yield parseObject(data);
    }
  } finally {
    clearTimeout(timer);
    ours.abort();
  }
}

function eventStreamOf(response) {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream') && response.body) return response.body;
  throw new SnapAssetError('The answer is not an event stream.', { code: BAD_ANSWER });
}
