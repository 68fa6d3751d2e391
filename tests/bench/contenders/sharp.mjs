// sharp: decoded once to raw pixels, then one rendition after another.
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import sharp from "sharp";

const [taskFile] = process.argv.slice(2);
const task = JSON.parse(readFileSync(taskFile, "utf8"));
sharp.concurrency(1);
sharp.cache(false);

async function cut(file) {
  const {data, info} = await sharp(file).removeAlpha().raw().toBuffer({resolveWithObject: true});
  const raw = {width: info.width, height: info.height, channels: info.channels};
  const made = [];
  for (const {width, height} of task.targets) {
    const position = task.smart ? sharp.strategy.attention : "centre";
    made.push(await sharp(data, {raw})
      .resize(width, height, {fit: "cover", position})
      .jpeg({quality: task.quality, chromaSubsampling: "4:2:0", progressive: true})
      .toBuffer());
  }
  return made;
}

await cut(task.files[0]);
const wall = performance.now(), cpu = process.cpuUsage();
const made = [];
for (const file of task.files) made.push(await cut(file));
const used = process.cpuUsage(cpu);
const seconds = {wall: (performance.now() - wall) / 1000, cpu: (used.user + used.system) / 1e6};
if (task.output) {
  task.files.forEach((file, number) => task.targets.forEach(({id}, index) => {
    const name = `${path.parse(file).name}-${id}.jpg`;
    writeFileSync(path.join(task.output, name), made[number][index]);
  }));
}
process.stdout.write(JSON.stringify(seconds));
