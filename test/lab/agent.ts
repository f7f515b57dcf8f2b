import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Netns } from './netns.js';

/** What came of opening a connection. */
export interface Met {
  /** Who answered; null where nobody did. */
  readonly server: string | null;
  /** The client's address as that server's socket saw it. */
  readonly source: string | null;
  /** Whether somebody refused, or nothing came back at all; null where it was answered. */
  readonly failure: 'refused' | 'silent' | null;
}

const source = fileURLToPath(new URL('agent.mjs', import.meta.url));

/** So long a client waits for an answer; between namespaces it takes a few. */
const patienceMillis = 3000;

/** A process in a network namespace that listens, and opens connections. */
export class Agent {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, (met: Met) => void>();
  readonly #ready: Promise<void>;
  #asked = 0;

  constructor(netns: Netns, name: string, ports: readonly number[]) {
    this.#child = netns.start([process.execPath, source, name, ...ports.map(String)]);
    const lines = createInterface({ input: this.#child.stdout! });
    this.#ready = new Promise((resolve, reject) => {
      lines.once('line', () => resolve());
      lines.once('close', () => reject(new Error(`the agent of ${name} ended`)));
    });
    // Nobody waits for it where the lab was not built to its end.
    this.#ready.catch(() => undefined);
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return;
      const { id, ...met } = JSON.parse(line) as Met & { id: string };
      this.#waiting.get(id)?.(met);
    });
  }

  async connect(address: string, port: number, patience = patienceMillis): Promise<Met> {
    await this.#ready;
    const id = String(this.#asked++);
    const met = new Promise<Met>((resolve) => this.#waiting.set(id, resolve));
    this.#child.stdin!.write(`${id} ${address} ${port} ${patience}\n`);
    return met;
  }

  get ready(): Promise<void> {
    return this.#ready;
  }
}
