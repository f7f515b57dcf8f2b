import { setPriority } from 'node:os';

/** Of the scale of `nice`: where processors are short, a thread gets about a third of what the one that answers gets. */
const background = 5;

/**
 * Called in a thread that works for a while: the thread that answers goes first, so that an ingest does not make everybody
 * else wait. Threads started from it are in the background too. Without effect but on Linux: elsewhere priorities are of
 * processes.
 */
export function goInBackground(): void {
  if (process.platform === 'linux') setPriority(background);
}
