/**
 * All that can go wrong, as one class: the API's list of codes is open, so callers compare `code`
 * and never need a newer client for a new one.
 *
 *   SnapAssetError
 *   └── JobFailedError    the request succeeded, the job did not
 */

import { printable } from './printable.js';

/** Our own codes, for when the API gave no answer, or not a proper one. */
export const NETWORK_ERROR = 'NETWORK_ERROR';
export const TIMEOUT = 'TIMEOUT';
export const STREAM_ENDED = 'STREAM_ENDED';
export const BAD_ANSWER = 'BAD_ANSWER';

/** The API refused, failed or did not answer. `status` is 0 where there was no HTTP answer. */
export class SnapAssetError extends Error {
  constructor(message, { code, status = 0, requestId, fields = [], retryAfter, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }
}

/** A job ended as `failed` or `cancelled`; `event` is its last one. */
export class JobFailedError extends SnapAssetError {
  constructor(event) {
    const message = printable(event.error?.message ?? event.message);
    super(message, { code: event.error?.code ?? 'JOB_CANCELLED' });
    this.jobId = event.jobId;
    this.event = event;
  }
}
