/** What an unsuccessful answer means: anyone may have sent it, so nothing in it is trusted. */

import { SnapAssetError } from './errors.js';
import { printable } from './printable.js';
import { boundedText, parseObject } from './reading.js';

const MAX_REFUSAL_BYTES = 64 << 10;
const MAX_FIELDS = 100;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Return the error that an unsuccessful response stands for; reads its body. */
export async function errorFrom(response) {
  const body = await bodyOf(response);
  const id = body.requestId ?? response.headers.get('x-request-id');
  return new SnapAssetError(textOf(body.message) ?? `HTTP ${response.status}`, {
    code: CODE.test(body.code) ? body.code : `HTTP_${response.status}`,
    status: response.status,
    requestId: textOf(id),
    fields: fieldsOf(body.fields),
    retryAfter: secondsOf(response.headers.get('retry-after')) ?? counted(body.retryAfter),
  });
}

/** A proxy between us and the API answers in HTML. */
async function bodyOf(response) {
  try {
    return parseObject(await boundedText(response, MAX_REFUSAL_BYTES));
  } catch (error) {
    if (error instanceof SnapAssetError) return {};
    throw error;
  }
}

function textOf(value) {
  return typeof value === 'string' ? printable(value) : undefined;
}

function fieldsOf(value) {
  const rows = Array.isArray(value) ? value.slice(0, MAX_FIELDS) : [];
  return rows
    .map((row) => ({ field: textOf(row?.field), message: textOf(row?.message) }))
    .filter(({ field, message }) => field !== undefined && message !== undefined);
}

/** `Retry-After` holds seconds or a date. */
function secondsOf(header) {
  if (!header) return undefined;
  const until = Date.parse(header);
  return counted(Number(header)) ?? counted(Math.ceil((until - Date.now()) / 1000));
}

/** Return a non-negative number of seconds, or undefined for anything else. */
function counted(value) {
  return Number.isFinite(value) ? Math.max(0, value) : undefined;
}
