import type { Progress } from '#model';
import type { Console } from './console.js';

/** Shown at most this often. */
const everyMillis = 100;

/** A line on a terminal that says how far a long piece of work has come, written over itself. */
export interface ProgressLine {
  show(progress: Progress): void;
  /** Takes the line away. */
  clear(): void;
}

/** Shows nothing where nobody looks; a piece of work that is done in the blink of an eye shows nothing either. */
export function showProgress(console: Console, clock: () => number = () => performance.now()): ProgressLine {
  let last = clock();
  let length = 0;
  const write = (text: string): void => {
    console.err(`\r${text.padEnd(length)}`);
    length = text.length;
  };
  return {
    show(progress) {
      if (!console.isTerminal || clock() - last < everyMillis) return;
      last = clock();
      write(textOf(progress));
    },
    clear() {
      if (length === 0) return;
      write('');
      console.err('\r');
      length = 0;
    },
  };
}

function textOf({ stage, done, total, unit }: Progress): string {
  const of = total === null ? '' : ` of ${amount(total, unit)}`;
  return `${stage}: ${amount(done, unit)}${of}`;
}

function amount(count: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? `${(count / 1e6).toFixed(1)} MB` : `${count} ${unit}`;
}
