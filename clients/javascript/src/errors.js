/**
 * What goes wrong, as one class: the API's list of codes is open, so callers compare `code` and
 * never need a newer client for a new one.
 *
 *   SnapAssetError
 *   └── JobFailedError    the request went well, the job did not
 */

/** Codes of ours, for when no answer of the API exists. */
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
    super(event.error?.message ?? event.message, { code: event.error?.code ?? 'JOB_CANCELLED' });
    this.jobId = event.jobId;
    this.event = event;
  }
}

/** Return the error that an unsuccessful response stands for; reads its body. */
export async function errorFrom(response) {
  const body = parsed(await response.text());
  return new SnapAssetError(body.message ?? `HTTP ${response.status}`, {
    code: body.code ?? `HTTP_${response.status}`,
    status: response.status,
    requestId: body.requestId ?? response.headers.get('x-request-id') ?? undefined,
    fields: body.fields,
    retryAfter: secondsOf(response.headers.get('retry-after')) ?? body.retryAfter,
  });
}

/** A proxy between us and the API answers in HTML. */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

/** `Retry-After` holds seconds or a date. */
function secondsOf(header) {
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
