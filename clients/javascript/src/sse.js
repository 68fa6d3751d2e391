/** Cuts a stream of bytes into server-sent events, wherever the network has cut it. */

/**
 * The parser of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * less `id` and `retry`, which the API does not send.
 */
export class EventParser {
  #decoder = new TextDecoder(); // drops a byte order mark, keeps halves of characters
  #rest = '';
  #data = [];
  #type = '';

  /** Return the events that these bytes complete: `{ type, data }`. */
  feed(bytes) {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
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
    if (field === 'data') this.#data.push(value ?? '');
    else if (field === 'event') this.#type = value ?? '';
    return undefined; // a comment has an empty field name
  }

  #dispatch() {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#data = [];
    this.#type = '';
    return empty ? undefined : event;
  }
}
