import { type ChildProcess, fork } from 'node:child_process';
import { freePort } from '../../apps/launcher/postgres.mjs';
import type { ServiceOrder, ServiceUsage } from './service.js';

/** The service as a process of its own. */
export class MeasuredService {
  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
  ) {}

  static async start(databaseUrl: string): Promise<MeasuredService> {
    const port = await freePort();
    const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: String(port), HOST: '127.0.0.1' };
    const child = fork(new URL('./service.js', import.meta.url), { env, execArgv: [] });
    await answerOf(child);
    return new MeasuredService(port, child);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What was used since this was last asked. */
  async usage(): Promise<ServiceUsage> {
    return (await this.tell({ order: 'usage' })) as ServiceUsage;
  }

  tell(order: ServiceOrder): Promise<unknown> {
    const answer = answerOf(this.child);
    this.child.send(order);
    return answer;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send({ order: 'end' } satisfies ServiceOrder);
    await gone;
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the service ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
