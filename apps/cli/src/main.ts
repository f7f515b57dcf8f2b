#!/usr/bin/env node
import { exitCode } from './console.js';
import { runCli } from './run-cli.js';

// Whoever reads the answer may have seen enough: canreach list … | head.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.fine);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  hasColour: process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '',
});
