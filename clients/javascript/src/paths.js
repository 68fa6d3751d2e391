/** Builds paths from ids, none of which can escape its segment. */

import { SnapAssetError } from './errors.js';

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const OWNER = /^[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}$/;

/** Return an id that the API made as a path segment. Throws SnapAssetError. */
export function idPart(id, field) {
  return part(ID, id, field, 'letters, digits, "_" and "-"');
}

/** Return the id of an owner as a path segment. Throws SnapAssetError. */
export function ownerPart(id, field) {
  return part(OWNER, id, field, 'letters, digits and "._@:+-"');
}

/** Return the number of a master as a path segment. Throws SnapAssetError. */
export function numberPart(number, field) {
  if (Number.isInteger(number) && number > 0) return String(number);
  throw invalid(field, 'must be a whole number from 1');
}

function part(form, id, field, made) {
  if (typeof id === 'string' && form.test(id)) return encodeURIComponent(id);
  throw invalid(field, `must be 1 to 128 ${made}, beginning with a letter or digit`);
}

function invalid(field, message) {
  const fields = [{ field, message }];
  return new SnapAssetError(`${field} ${message}.`, { code: 'INVALID_REQUEST', fields });
}
