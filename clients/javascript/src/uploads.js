/** What may be uploaded, and how fetch takes it. */

export const UPLOAD_MS = 400_000; // longer than the service itself allows

/** Whether it is read while it is sent: such a body can be sent once only. */
export function isStream(file) {
  return typeof file?.getReader === 'function' || typeof file?.[Symbol.asyncIterator] === 'function';
}

/** Return a file that fetch takes: Node's takes its own streams too. Throws TypeError. */
export function fileBody(file) {
  const isBytes = file instanceof ArrayBuffer || ArrayBuffer.isView(file);
  if (isBytes || isStream(file) || file instanceof Blob) return file;
  throw new TypeError('Give a Blob, a File, a Buffer or another view of bytes, or a stream.');
}
