// Where sharp's attention and smartcrop cut: reads tasks, writes a box for each.
import {readFileSync} from "node:fs";
import sharp from "sharp";
import smartcrop from "smartcrop-sharp";

const [taskFile] = process.argv.slice(2);
const {pictures, shapes} = JSON.parse(readFileSync(taskFile, "utf8"));
sharp.concurrency(1);

async function attention(file, {width, height}) {
  const image = sharp(file).resize(width, height, {fit: "cover", position: sharp.strategy.attention});
  const {info} = await image.raw().toBuffer({resolveWithObject: true});
  const {width: wide, height: high} = await sharp(file).metadata();
  const scale = Math.min(wide / width, high / height);
  return {x: -(info.cropOffsetLeft ?? 0) * scale, y: -(info.cropOffsetTop ?? 0) * scale};
}

async function smart(file, {width, height}) {
  const {topCrop} = await smartcrop.crop(file, {width, height, minScale: 1});
  return {x: topCrop.x, y: topCrop.y};
}

const found = [];
for (const file of pictures) {
  for (const shape of shapes) {
    found.push({attention: await attention(file, shape), smartcrop: await smart(file, shape)});
  }
}
process.stdout.write(JSON.stringify(found));
