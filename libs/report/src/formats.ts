import type { Format } from './format.js';
import { csv } from './formats/csv.js';
import { dot } from './formats/dot.js';
import { json } from './formats/json.js';
import { md } from './formats/md.js';
import { ndjson } from './formats/ndjson.js';
import { text } from './formats/text.js';

/** Every format, the one that is meant where nothing is said first. */
export const formats: readonly Format[] = [json, ndjson, csv, md, dot, text];
