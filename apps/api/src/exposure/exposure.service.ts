import { Injectable } from '@nestjs/common';
import {
  connectivityAssumptions,
  type ExposureItem,
  findExposure,
  type Mode,
  parseConnectivityQuestion,
  presetOf,
} from '#engine';
import type { Assumption } from '#model';
import { exposureTable } from '#report';
import { FoundRows } from '../connectivity/found-rows.js';
import { type Page, pageOf } from '../page.js';
import type { QuestionFields } from '../reachability/reachability.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

/** Items on one page at most. */
export const exposureLimitMax = 10_000;

export interface ExposurePage extends Page<ExposureItem> {
  readonly snapshot: string;
  readonly mode: Mode;
  readonly assumptions: readonly Assumption[];
}

/** What the outside can reach. */
@Injectable()
export class ExposureService {
  constructor(private readonly snapshots: SnapshotsService) {}

  /** One page; all of it is found for each, since the ways of a workload are gathered from everywhere. */
  async page(
    ref: string,
    fields: QuestionFields,
    page: { readonly cursor?: string | null; readonly limit: number },
  ): Promise<ExposurePage> {
    const { id, cluster, question, found } = await this.#find(ref, fields);
    const { items } = await new FoundRows(exposureTable(), found.items).take(Infinity);
    const assumptions = connectivityAssumptions({ cluster, controllers: [...found.assumptions.values()] });
    return { snapshot: id, mode: question.mode, ...pageOf(items, exposureKey, page), assumptions };
  }

  /** All of it, to be written in any format. */
  async rows(ref: string, fields: QuestionFields): Promise<FoundRows<ExposureItem>> {
    const { found } = await this.#find(ref, fields);
    return new FoundRows(exposureTable(), found.items);
  }

  async #find(ref: string, { to, family, mode, semantics, dataplane }: QuestionFields) {
    const question = parseConnectivityQuestion({ to, family, mode }, []);
    presetOf(semantics);
    const { id } = await this.snapshots.resolve(ref);
    const cluster = await this.snapshots.openAs(id, { semantics, dataplane }, 'Cluster');
    return { id, cluster, question, found: findExposure(cluster, question) };
  }
}

/** No two items of an answer have the same. */
export function exposureKey({ workload, via, some }: ExposureItem): string {
  return JSON.stringify([workload, via, some === true]);
}
