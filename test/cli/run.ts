import { runCli } from '../../apps/cli/src/run-cli.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `canreach` as outside of a terminal. */
export async function run(args: readonly string[], stdin = ''): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runCli([...args], {
    stdin: bytesOf(stdin),
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTerminal: false,
    hasColour: false,
  });
  return { code, out, err };
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
