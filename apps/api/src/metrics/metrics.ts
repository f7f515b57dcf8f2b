import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Everything that is counted, in a registry of its own. */
export class Metrics {
  readonly registry = new Registry();
  readonly indexCompiles = new Counter({
    name: 'canreach_index_compiles_total',
    help: 'Indexes that were compiled',
    registers: [this.registry],
  });
  readonly indexCacheHits = new Counter({
    name: 'canreach_index_cache_hits_total',
    help: 'Indexes that were loaded from the database instead of being compiled',
    registers: [this.registry],
  });
  readonly audits = new Counter({
    name: 'canreach_audits_total',
    help: 'Snapshots of which the findings were worked out',
    registers: [this.registry],
  });
  readonly compileStage = new Histogram({
    name: 'canreach_compile_stage_seconds',
    help: 'Time of one stage of a compile',
    labelNames: ['stage'],
    registers: [this.registry],
  });
  readonly ingest = new Histogram({
    name: 'canreach_ingest_seconds',
    help: 'Time of an ingest until it is answered',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
    registers: [this.registry],
  });
  readonly http = new Histogram({
    name: 'canreach_http_request_seconds',
    help: 'Time of a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.2, 1, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
