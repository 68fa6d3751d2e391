import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventParser } from '../src/sse.js';

const bytes = (text) => new TextEncoder().encode(text);
const data = (events) => events.map((event) => event.data);

const CASES = {
  'one event': ['data: one\n\n', ['one']],
  'CRLF': ['data: one\r\n\r\ndata: two\r\n\r\n', ['one', 'two']],
  'a lone CR': ['data: one\r\rdata: two\r\r\n', ['one', 'two']],
  'many lines of data': ['data: a\ndata: b\ndata\ndata:\n\n', ['a\nb\n\n']],
  'comments and unknown fields': [': hello\nretry: 5\nid: 7\nfoo\ndata: x\n\n', ['x']],
  'no space after the colon': ['data:x\n\ndata:  y\n\n', ['x', ' y']],
  'an event without data': ['event: ping\n\ndata: x\n\n', ['x']],
  'colons in the data': ['data: {"a":"b:c"}\n\n', ['{"a":"b:c"}']],
  'a byte order mark': ['\uFEFFdata: x\n\n', ['x']],
  'characters of many bytes': ['data: Grüße 🌅 日本\n\n', ['Grüße 🌅 日本']],
  'an end that never came': ['data: x\n\ndata: lost\n', ['x']],
};

for (const [what, [text, expected]] of Object.entries(CASES)) {
  test(`${what} is understood wherever the network cuts it`, () => {
    const all = bytes(text);
    for (let cut = 0; cut <= all.length; cut += 1) {
      const parser = new EventParser();
      const events = [...parser.feed(all.slice(0, cut)), ...parser.feed(all.slice(cut))];
      assert.deepEqual(data(events), expected, `cut at ${cut}`);
    }
    const parser = new EventParser();
    const events = Array.from(all, (_, i) => parser.feed(all.slice(i, i + 1))).flat();
    assert.deepEqual(data(events), expected, 'byte by byte');
  });
}

test('the name of an event is its type', () => {
  const events = new EventParser().feed(bytes('event: done\ndata: 1\n\ndata: 2\n\n'));
  assert.deepEqual(events.map((event) => event.type), ['done', 'message']);
});
