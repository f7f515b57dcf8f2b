/** See install.mjs. */
export const checkout: string;
export function checkNode(version?: string): void;
export function install(): Promise<void>;
export function build(): Promise<void>;
export function stopRunning(): void;
