import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { clusterText, type TextOptions } from '../generate/cluster-text.js';

/** Path of a file with a generated cluster, made unless it is there already. */
export async function clusterFile(folder: string, options: TextOptions): Promise<string> {
  const name = Object.entries(options).map(([key, value]) => `${key}=${String(value)}`);
  const path = join(folder, `${name.join(',')}.json`);
  if (existsSync(path)) return path;
  await pipeline(Readable.from(clusterText(options)), createWriteStream(`${path}.part`));
  renameSync(`${path}.part`, path);
  return path;
}
