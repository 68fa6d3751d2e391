/** An order as a program: what to paste into a shell, into JavaScript or into Python. */

import { openDialog } from './dialog.js';
import { h, say } from './dom.js';

/** Return the order for curl. The token stays out of it: it would be in the shell's history. */
export function asCurl(order, home) {
  const body = shellQuoted(JSON.stringify(order, null, 2));
  return [
    `curl -sS ${home}/api/jobs \\`,
    '  -H "Authorization: Bearer ${SNAPASSET_TOKEN:?is not set}" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${body}`,
  ].join('\n');
}

export function asJavaScript(order, home) {
  return `import { SnapAssetClient } from 'snapasset-client';

const client = new SnapAssetClient(${JSON.stringify(home)}, process.env.SNAPASSET_TOKEN);
const { result } = await client.createAndWait(${JSON.stringify(order, null, 2)});
console.log(result.images.map((image) => image.url));`;
}

export function asPython(order, home) {
  return `import os

from google.protobuf.json_format import ParseDict
from snapasset.gateway.v1.jobs_pb2 import CreateJobRequest
from snapasset_client import BlockingSnapAsset

order = ${pythonLiteral(order)}
with BlockingSnapAsset(${JSON.stringify(home)}, token=os.environ["SNAPASSET_TOKEN"]) as client:
    done = client.create_and_wait(ParseDict(order, CreateJobRequest()))
    print([image.url for image in done.result.images])`;
}

const LANGUAGES = [['curl', asCurl], ['JavaScript', asJavaScript], ['Python', asPython]];

/** Show the order in each language, to be copied. */
export function showPrograms(order, home) {
  const told = h('p', { class: 'hint', role: 'status' });
  const parts = LANGUAGES.map(([name, write]) => {
    const text = write(order, home);
    const copy = async () => {
      await navigator.clipboard.writeText(text);
      say(told, `The order for ${name} is copied.`);
    };
    const button = h('button', { type: 'button', onclick: copy }, `Copy ${name}`);
    button.hidden = !navigator.clipboard?.writeText;
    const code = h('pre', { tabindex: 0, role: 'region', 'aria-label': `The order for ${name}` }, text);
    return h('section', {}, h('div', { class: 'heading' }, h('h3', {}, name), button), code);
  });
  const hint = h('p', { class: 'hint' }, 'Put your token into the variable SNAPASSET_TOKEN first.');
  return openDialog('This order as a program', 'programs', hint, ...parts, told);
}

const shellQuoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** JSON is Python but for three words. */
function pythonLiteral(value, indent = '') {
  const deeper = `${indent}    `;
  const lines = (open, inner, close) => {
    const body = inner.map((one) => `${deeper}${one},\n`).join('');
    return body ? `${open}\n${body}${indent}${close}` : open + close;
  };
  if (Array.isArray(value)) return lines('[', value.map((one) => pythonLiteral(one, deeper)), ']');
  if (value !== null && typeof value === 'object') {
    const pair = ([name, one]) => `${JSON.stringify(name)}: ${pythonLiteral(one, deeper)}`;
    return lines('{', Object.entries(value).map(pair), '}');
  }
  return { true: 'True', false: 'False', null: 'None' }[String(value)] ?? JSON.stringify(value);
}
