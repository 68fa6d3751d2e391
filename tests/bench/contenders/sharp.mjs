// sharp on one thread, one picture after another.
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import sharp from "sharp";
import {cut} from "./cut.mjs";

const [taskFile] = process.argv.slice(2);
const task = JSON.parse(readFileSync(taskFile, "utf8"));
const position = task.smart ? sharp.strategy.attention : "centre";
sharp.concurrency(1);

async function all(file) {
  const made = [];
  for await (const rendition of cut(file, task.targets, task.quality, position)) {
    made.push(rendition);
  }
  return made;
}

await all(task.files[0]);
const wall = performance.now(), cpu = process.cpuUsage();
const made = [];
for (const file of task.files) made.push(await all(file));
const used = process.cpuUsage(cpu);
const seconds = {wall: (performance.now() - wall) / 1000, cpu: (used.user + used.system) / 1e6};
if (task.output) {
  task.files.forEach((file, number) => task.targets.forEach(({id}, index) => {
    const name = `${path.parse(file).name}-${id}.jpg`;
    writeFileSync(path.join(task.output, name), made[number][index]);
  }));
}
process.stdout.write(JSON.stringify(seconds));
