import type { End } from './ends.js';
import type { ServiceUse } from './service-use.js';

/** One flow on the cluster's own network. */
export interface Flow {
  readonly client: End;
  readonly server: End;
  /** The server's own port, behind any translation; null: all. */
  readonly port: number | null;
  readonly use: ServiceUse | null;
  /** `backend 10.244.2.7:5432`; null where there is no choice. */
  readonly when: string | null;
}
