/** Splits a stream of bytes into server-sent events, wherever the network has split it. */

import { BAD_ANSWER, SnapAssetError } from './errors.js';

const MAX_EVENT_LENGTH = 4 << 20; // previews are by far the longest

/**
 * The parser of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * without `id` and `retry`, which the API does not send, and with a limit on an event's length.
 */
export class EventParser {
  #decoder = new TextDecoder(); // drops a byte order mark, keeps incomplete characters
  #rest = '';
  #data = [];
  #held = 0;
  #returned = false; // the last character was a CR, which may still get its LF
  #type = '';

  /** Return the events that these bytes complete: `{ type, data }`. Throws SnapAssetError. */
  feed(bytes) {
    const text = this.#decoder.decode(bytes, { stream: true });
    const waiting = !this.#returned && !/[\r\n]/.test(text);
    if (text) this.#returned = text.endsWith('\r');
    this.#rest += text;
    const events = waiting ? [] : this.#complete(); // rescanning it all would take quadratic time
    if (this.#held + this.#rest.length <= MAX_EVENT_LENGTH) return events;
    throw new SnapAssetError('An event does not come to an end.', { code: BAD_ANSWER });
  }

  #complete() {
    const events = [];
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      const event = this.#take(line);
      if (event) events.push(event);
    }
    return events;
  }

  /** A line ends with CR, LF or both; a CR at the very end may still get its LF. */
  #nextLine() {
    const end = this.#rest.search(/\r\n|\n|\r(?!$)/);
    if (end < 0) return undefined;
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + (this.#rest.startsWith('\r\n', end) ? 2 : 1));
    return line;
  }

  #take(line) {
    if (line === '') return this.#dispatch();
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (field === 'data') {
      this.#data.push(value ?? '');
      this.#held += line.length + 1;
    }
    if (field === 'event') this.#type = value ?? '';
    return undefined; // a comment has an empty field name
  }

  #dispatch() {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#data = [];
    this.#held = 0;
    this.#type = '';
    return empty ? undefined : event;
  }
}
