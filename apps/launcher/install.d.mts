/** See install.mjs. */
export const checkout: string;
export function checkNode(version?: string): void;
export function install(): Promise<void>;
export function build(): Promise<void>;
export function run(title: string, command: string, args: readonly string[]): Promise<void>;
export function stopRunning(): Promise<void>;
