/** Builds dist/, the package for `require`: one file of code and one of types. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url);

await build({
  absWorkingDir: fileURLToPath(here('.')),
  entryPoints: ['src/index.js'],
  outfile: 'dist/index.cjs',
  bundle: true,
  format: 'cjs',
  target: 'node18',
  platform: 'neutral',
});

// One file without imports: types for `require` must not refer to an ES module.
const [messages, index] = ['src/messages.d.ts', 'src/index.d.ts'].map((name) =>
  readFileSync(here(name), 'utf8'),
);
const linked = /^(?:import type \{[^}]*\}|export type \*) from '\.\/messages\.js';\n/gm;
writeFileSync(here('dist/index.d.cts'), `${messages}\n${index.replace(linked, '').trimStart()}`);
