/** See postgres.mjs. */
export interface RunningPostgres {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}
export function startPostgres(options: { dataDir: string; durable: boolean }): Promise<RunningPostgres>;
export function freePort(): Promise<number>;
export function sleep(millis: number): Promise<void>;
export function nobodyCanEnter(folder: string): boolean;
export class LauncherError extends Error {}
