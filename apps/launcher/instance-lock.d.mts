/** See instance-lock.mjs. */
export function readLock(dataDir: string): { pid: number; url: string } | null;
export function takeLock(dataDir: string, url: string): boolean;
export function releaseLock(dataDir: string): void;
export function answers(url: string, millisMax: number, path?: string): Promise<boolean>;
