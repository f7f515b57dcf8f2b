import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { clusterText } from './cluster-text.js';
import { type ProfileName, profiles } from './profiles.js';

const usage = `npm run -s generate -- PROFILE [--scale FACTOR] [--seed N] [--mutate PERCENT] [--generation N]
                        [--format list|ndjson] [--bulk] [--pretty] [--out FILE]
PROFILE is one of ${Object.keys(profiles).join(', ')}. Without --out the text goes to standard output.
`;

/** Writes a generated cluster as manifests. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      mutate: { type: 'string', default: '0' },
      generation: { type: 'string', default: '1' },
      format: { type: 'string', default: 'list' },
      bulk: { type: 'boolean', default: false },
      pretty: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const [profile] = positionals;
  const { format } = values;
  if (positionals.length !== 1 || !Object.hasOwn(profiles, profile) || (format !== 'list' && format !== 'ndjson')) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const text = clusterText({
    profile: profile as ProfileName,
    scale: Number(values.scale),
    seed: Number(values.seed),
    mutate: Number(values.mutate),
    generation: Number(values.generation),
    format,
    bulk: values.bulk,
    pretty: values.pretty,
  });
  await pipeline(Readable.from(text), values.out === undefined ? process.stdout : createWriteStream(values.out));
}

await main();
