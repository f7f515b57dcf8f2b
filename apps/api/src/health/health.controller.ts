import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Access } from '../auth/access.js';
import { refuse } from '../problems/problem.js';

/** How long readiness waits for the database. */
const databaseMillisMax = 3000;

@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  /** The process runs. */
  @Get('healthz')
  @Access('public')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** The database answers and its schema is up to date. */
  @Get('readyz')
  @Access('public')
  async ready(): Promise<{ status: string }> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>(
      (_, reject) => (timer = setTimeout(() => reject(new Error('no answer in time')), databaseMillisMax)),
    );
    try {
      await Promise.race([this.dataSource.query('SELECT 1'), late]);
    } catch {
      throw refuse(503, 'DATABASE_UNAVAILABLE', 'the database does not answer', 'database');
    } finally {
      clearTimeout(timer);
    }
    return { status: 'ready' };
  }
}
